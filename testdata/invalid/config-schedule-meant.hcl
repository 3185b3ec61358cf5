pool "fast" {
  driver = "zfs"
  volume "data0" { config = { "snapshots.schedule" = "@dayly" } }
  volume "data1" { config = { "snapshots.schedule" = "daily" } }
  volume "data2" { config = { "snapshots.schedule" = "every hour" } }
  volume "data3" { config = { "snapshots.schedule" = "3:30" } }
  volume "data4" { config = { "snapshots.schedule" = "60 * * * *" } }
  volume "data5" { config = { "snapshots.schedule" = "0 6 * * mon-fry" } }
  volume "data6" { config = { "snapshots.schedule" = "@every 1h" } }
}
#+ 3:   volume "data0" { config = { "snapshots.schedule" = "@daily" } }
#+ 4:   volume "data1" { config = { "snapshots.schedule" = "@daily" } }
#+ 5:   volume "data2" { config = { "snapshots.schedule" = "@hourly" } }
#+ 6:   volume "data3" { config = { "snapshots.schedule" = "30 3 * * *" } }
#+ 7:   volume "data4" { config = { "snapshots.schedule" = "59 * * * *" } }
#+ 8:   volume "data5" { config = { "snapshots.schedule" = "0 6 * * mon-fri" } }
#+ 9:   volume "data6" { config = { "snapshots.schedule" = "@hourly" } }
#! 3:54-3:62 error: Invalid config value
#!     The value of "snapshots.schedule" is wrong: "@dayly" is not a schedule: write @daily.
#! 4:54-4:61 error: Invalid config value
#!     The value of "snapshots.schedule" is wrong: "daily" is not a schedule: write @daily.
#! 5:54-5:66 error: Invalid config value
#!     The value of "snapshots.schedule" is wrong: "every hour" is not a schedule: write @hourly.
#! 6:54-6:60 error: Invalid config value
#!     The value of "snapshots.schedule" is wrong: "3:30" is not a schedule: write 30 3 * * *.
#! 7:54-7:66 error: Invalid config value
#!     The value of "snapshots.schedule" is wrong: "60 * * * *" is not a schedule: "60" is no minute: write 0 to 59, or * for each.
#! 8:54-8:71 error: Invalid config value
#!     The value of "snapshots.schedule" is wrong: "0 6 * * mon-fry" is not a schedule: "mon-fry" is no day of week: write 0 to 6, or sun to sat, or * for each.
#! 9:54-9:65 error: Invalid config value
#!     The value of "snapshots.schedule" is wrong: "@every 1h" is not a schedule: write @hourly.
