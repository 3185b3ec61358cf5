pool "fast" {
  driver = "zfs"
  volume "data" {
    pool = "slow"
  }
}
#+ 4:
#! 4:5-4:9 error: Unsupported attribute
#!     A volume block has no "pool". A volume is in the pool whose block is around it: move the block there.
