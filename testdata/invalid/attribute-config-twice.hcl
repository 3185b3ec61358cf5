pool "fast" {
  driver = "zfs"
  volume "a" {
    config = { size = "1GiB" }
    config = { "snapshots.schedule" = "@daily" }
  }
}
#+ 4:     config = { size = "1GiB", "snapshots.schedule" = "@daily" }
#+ 5:
#! 5:5-5:11 error: Attribute twice
#!     The block has a value for "config" already, on line 4. Put all keys into one: config = { key = value, … }.
