pool "fast" {
  driver = "zfs"
  volume "data" {
    config = { snapshots.schedule = "@daily" }
  }
}
#+ 4:     config = { "snapshots.schedule" = "@daily" }
#! 4:16-4:34 error: Key without quotes
#!     A key with a dot is written in quotes: "snapshots.schedule".
