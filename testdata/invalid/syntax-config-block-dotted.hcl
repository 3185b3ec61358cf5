pool "fast" {
  driver = "zfs"
  volume "a" {
    config {
      "snapshots.schedule" = "@daily"
    }
  }
  volume "b" {
    config { snapshots.schedule = "@daily" }
  }
}
#+ 4:     config = {
#+ 9:     config = { "snapshots.schedule" = "@daily" }
#! 4:5-4:13 error: Config as a block
#!     config is an attribute: it has an equals sign before its brace. Write:
#!
#!     config = {
#!
#!     The same is on line 9.
