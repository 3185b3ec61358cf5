pool "fast" {
  driver = "zfs"
  volume "data" {
    renamed_from = pool.slow.volume.pg
  }
}
#+ 4:     renamed_from = "slow/pg"
#! 4:20-4:29 error: Unknown reference
#!     There is nothing named "pool". Blocks are no values: a volume or pool is named by text, "slow/pg".
