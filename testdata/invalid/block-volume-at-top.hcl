volume "data" {}
#+ 1: pool "fast" {
#+ 1:   driver = "zfs"
#+ 1:   volume "data" {}
#+ 1: }
#! 1:1-1:7 error: Unsupported block
#!     A spec outside of its blocks has no "volume". A volume belongs to a pool: move this block into its pool block.
