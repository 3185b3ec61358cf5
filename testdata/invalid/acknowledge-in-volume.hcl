pool "fast" {
  driver = "dir"
  volume "data" {
    acknowledge "fast/data" { reason = "known" }
  }
}
#+ 4:
#+ 6: }
#+ 6: acknowledge "fast/data" { reason = "known" }
#! 4:5-4:16 error: Unsupported block
#!     A volume block has no "acknowledge". A block acknowledge stands by itself, outside of all other blocks: move it out of the pool block.
