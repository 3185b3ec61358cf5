pool "fast" {
  driver = "zfs"
  volume "data0" { config = { "snapshots.expiry" = "1 day" } }
  volume "data1" { config = { "snapshots.expiry" = "7days" } }
  volume "data2" { config = { "snapshots.expiry" = "1d 2h" } }
  volume "data3" { config = { "snapshots.expiry" = "30" } }
  volume "data4" { config = { "snapshots.expiry" = "2 weeks" } }
  volume "data5" { config = { "snapshots.expiry" = "P7D" } }
  volume "data6" { config = { "snapshots.expiry" = "24h" } }
  volume "data7" { config = { "snapshots.expiry" = "never" } }
}
#+ 3:   volume "data0" { config = { "snapshots.expiry" = "1d" } }
#+ 4:   volume "data1" { config = { "snapshots.expiry" = "7d" } }
#+ 5:   volume "data2" { config = { "snapshots.expiry" = "1d 2H" } }
#+ 6:   volume "data3" { config = { "snapshots.expiry" = "30d" } }
#+ 7:   volume "data4" { config = { "snapshots.expiry" = "2w" } }
#+ 8:   volume "data5" { config = { "snapshots.expiry" = "7d" } }
#+ 9:   volume "data6" { config = { "snapshots.expiry" = "24H" } }
#+ 10:
#! 3:52-3:59 error: Invalid config value
#!     The value of "snapshots.expiry" is wrong: "1 day" is not an expiry: write 1d.
#! 4:52-4:59 error: Invalid config value
#!     The value of "snapshots.expiry" is wrong: "7days" is not an expiry: write 7d.
#! 5:52-5:59 error: Invalid config value
#!     The value of "snapshots.expiry" is wrong: "1d 2h" is not an expiry: write 1d 2H.
#! 6:52-6:56 error: Invalid config value
#!     The value of "snapshots.expiry" is wrong: "30" is not an expiry: write 30d for days.
#! 7:52-7:61 error: Invalid config value
#!     The value of "snapshots.expiry" is wrong: "2 weeks" is not an expiry: write 2w.
#! 8:52-8:57 error: Invalid config value
#!     The value of "snapshots.expiry" is wrong: "P7D" is not an expiry: write 7d.
#! 9:52-9:57 error: Invalid config value
#!     The value of "snapshots.expiry" is wrong: "24h" is not an expiry: write 24H.
#! 10:52-10:59 error: Invalid config value
#!     The value of "snapshots.expiry" is wrong: "never" is not an expiry: leave the key out for none.
