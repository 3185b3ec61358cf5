pool "fast" {
  driver = "zfs"
  volume "data" {
    config = { "snapshot.schedule" = "@daily" }
  }
}
#+ 4:     config = { "snapshots.schedule" = "@daily" }
#! 4:16-4:35 error: Unsupported config key
#!     There is no config key "snapshot.schedule" of volumes with the driver zfs. Did you mean "snapshots.schedule"?
