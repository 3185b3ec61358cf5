removed {
  from = pool.fast
}
#+ 1: pool "fast" {
#+ 2:   absent = true
#! 1:1-1:8 error: Unsupported block
#!     A spec has no "removed". To have something deleted, write absent = true in its block. What is in no block is left alone.
