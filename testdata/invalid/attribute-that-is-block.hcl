pool "fast" {
  driver = "zfs"
  volume = "data"
}
#+ 3:   volume "data" {}
#! 3:3-3:9 error: Unsupported attribute
#!     In a pool block, "volume" is a block: write it without the equals sign, volume "name" { … }
