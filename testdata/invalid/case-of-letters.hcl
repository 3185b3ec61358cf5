Pool "fast" {
  driver = "zfs"
}
pool "slow" {
  Driver = "DIR"
  Volume "a" {}
  volume "b" {
    Config = { size = "1GiB" }
  }
  volume "c" {
    config = { Size = "1GiB", "User.Team" = "x" }
  }
  volume "d" {
    content-type = "block"
  }
  volume "e" {
    renamedFrom = "f"
  }
}
#+ 1: pool "fast" {
#+ 5:   driver = "dir"
#+ 6:   volume "a" {}
#+ 8:     config = { size = "1GiB" }
#+ 11:     config = { size = "1GiB", "user.Team" = "x" }
#+ 14:     content_type = "block"
#+ 17:     renamed_from = "f"
#! 1:1-1:5 error: Unsupported block
#!     A spec has no block "Pool". Did you mean "pool"?
#! 5:3-5:9 error: Unsupported attribute
#!     A pool block has no attribute "Driver". Did you mean "driver"?
#! 6:3-6:9 error: Unsupported block
#!     A pool block has no block "Volume". Did you mean "volume"?
#! 8:5-8:11 error: Unsupported attribute
#!     A volume block has no attribute "Config". Did you mean "config"?
#! 11:16-11:20 error: Unsupported config key
#!     There is no config key "Size" of volumes. Did you mean "size"?
#! 11:31-11:42 error: Unsupported config key
#!     There is no config key "User.Team" of volumes. Did you mean "user.Team"?
#! 14:5-14:17 error: Unsupported attribute
#!     A volume block has no attribute "content-type". Did you mean "content_type"?
#! 17:5-17:16 error: Unsupported attribute
#!     A volume block has no attribute "renamedFrom". Did you mean "renamed_from"?
