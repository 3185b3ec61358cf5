pool "fast" {
  driver = "zfs"
  volume "logs" {
    snapshots.schedule = "@daily"
  }
  volume "data" { "snapshots.schedule" = "@daily" }
}
#+ 4:     config = { "snapshots.schedule" = "@daily" }
#+ 6:   volume "data" { config = { "snapshots.schedule" = "@daily" } }
#! 4:5-4:23 error: Config key outside of config
#!     "snapshots.schedule" is no name of an attribute. Config keys stand in the attribute config. Write:
#!
#!     config = { "snapshots.schedule" = "@daily" }
#!
#!     The same is on line 6.
