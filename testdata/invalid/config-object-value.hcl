pool "fast" {
  driver = "zfs"
  volume "data" {
    config = { snapshots = { schedule = "@daily" } }
  }
}
#+ 4:     config = { "snapshots.schedule" = "@daily" }
#! 4:28-4:51 error: Wrong type
#!     The value of "snapshots" must be text, a number or a boolean, and this is an object. The dots are a part of a key: write "snapshots.schedule" = ….
