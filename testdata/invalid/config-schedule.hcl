pool "fast" {
  driver = "zfs"
  volume "data" {
    config = { "snapshots.schedule" = "sometimes" }
  }
}
#+ 4:     config = { "snapshots.schedule" = "0 6 * * *" }
#! 4:39-4:50 error: Invalid config value
#!     The value of "snapshots.schedule" is wrong: "sometimes" is not a schedule: write minute, hour, day of month, month and day of week with one space between them, such as 0 6 * * *.
