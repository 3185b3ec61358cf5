pool "fast" {
  driver = "zfs"
  volume "data" {
    config = { purpose = "database" }
  }
}
#+ 4:     config = { "user.purpose" = "database" }
#! 4:16-4:23 error: Unsupported config key
#!     There is no config key "purpose" of volumes with the driver zfs. Keys of your own start with "user.".
