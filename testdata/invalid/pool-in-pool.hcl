pool "a" {
  driver = "dir"
  pool "b" { driver = "dir" }
  volume "c" {
    volume "d" {}
  }
}
#+ 3:   volume "d" {}
#+ 4:   volume "c" {}
#+ 5:
#+ 6:
#+ 7: }
#+ 7: pool "b" { driver = "dir" }
#! 3:3-3:7 error: Unsupported block
#!     A pool block has no "pool". Pools do not hold pools: move this block out of the pool block around it.
#! 5:5-5:11 error: Unsupported block
#!     A volume block has no "volume". Volumes do not hold volumes: move this block into the pool block.
