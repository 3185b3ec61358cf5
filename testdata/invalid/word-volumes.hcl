pool "fast" {
  driver = "zfs"
  volumes {
  }
}
#+ 3:   volume "data" {
#! 3:3-3:10 error: Unsupported block
#!     A pool block has no "volumes". Write a block for each volume in the block of its pool: volume "name" { … }
