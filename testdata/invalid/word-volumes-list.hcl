pool "fast" {
  driver  = "zfs"
  volumes = ["a", "b"]
}
#+ 3:   volume "a" {}
#+ 3:   volume "b" {}
#! 3:3-3:10 error: Unsupported attribute
#!     A pool block has no "volumes". Write a block for each volume in the block of its pool: volume "name" { … }
