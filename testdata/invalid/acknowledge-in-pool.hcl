pool "fast" {
  driver = "dir"
  acknowledge "fast" { reason = "known" }
}
#+ 3:
#+ 4: }
#+ 4: acknowledge "fast" { reason = "known" }
#! 3:3-3:14 error: Unsupported block
#!     A pool block has no "acknowledge". A block acknowledge stands by itself, outside of all other blocks: move it out of the pool block.
