pool "fast" {
  driver = "zfs"
  volume "data" {
    labels = { team = "storage" }
  }
}
#+ 4:     config = { "user.team" = "storage" }
#! 4:5-4:11 error: Unsupported attribute
#!     A volume block has no "labels". Write notes of your own as config keys: config = { "user.team" = "storage" }.
