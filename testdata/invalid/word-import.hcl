import {
  to = pool.fast
}
#+ 1: pool "fast" {
#+ 2:   existing = true
#! 1:1-1:7 error: Unsupported block
#!     A spec has no "import". There is nothing to import: what is on the server under the name of a block is that. tarn plan shows what would change.
