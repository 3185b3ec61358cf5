pool "fast" {
  driver = "zfs"
  volume "data" {
    snapshots = "@daily"
  }
}
#+ 4:     config = { "snapshots.schedule" = "@daily" }
#! 4:5-4:14 error: Unsupported attribute
#!     A volume block has no "snapshots". Write when to take snapshots as config keys: config = { "snapshots.schedule" = "@daily", "snapshots.expiry" = "7d" }.
