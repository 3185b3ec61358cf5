pool "fast" {
  driver = "zfs"
  volume "data" {
    snapshots_schedule = "@daily"
  }
}
#+ 4:     config = { "snapshots.schedule" = "@daily" }
#! 4:5-4:23 error: Unsupported attribute
#!     A volume block has no attribute "snapshots_schedule". It is a key of LXD: write config = { "snapshots.schedule" = … }.
