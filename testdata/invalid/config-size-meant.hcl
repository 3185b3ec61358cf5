pool "fast" {
  driver = "zfs"
  volume "data0" { config = { "size" = "10Gi" } }
  volume "data1" { config = { "size" = "10 GB" } }
  volume "data2" { config = { "size" = "10gb" } }
  volume "data3" { config = { "size" = "10G" } }
  volume "data4" { config = { "size" = "1TiBs" } }
  volume "data5" { config = { "size" = "10,5GiB" } }
  volume "data6" { config = { "size" = "0.5TiB" } }
  volume "data7" { config = { "size" = "10 gigabytes" } }
  volume "data8" { config = { "size" = "-1GiB" } }
  volume "data9" { config = { "size" = "50%" } }
  volume "data10" { config = { "size" = "unlimited" } }
}
#+ 3:   volume "data0" { config = { "size" = "10GiB" } }
#+ 4:   volume "data1" { config = { "size" = "10GB" } }
#+ 5:   volume "data2" { config = { "size" = "10GB" } }
#+ 6:   volume "data3" { config = { "size" = "10GiB" } }
#+ 7:   volume "data4" { config = { "size" = "1TiB" } }
#+ 8:   volume "data5" { config = { "size" = "10752MiB" } }
#+ 9:   volume "data6" { config = { "size" = "512GiB" } }
#+ 10:   volume "data7" { config = { "size" = "10GB" } }
#+ 11:   volume "data8" { config = { "size" = "1GiB" } }
#+ 12:   volume "data9" { config = { "size" = "10GiB" } }
#+ 13:
#! 3:40-3:46 error: Invalid config value
#!     The value of "size" is wrong: "10Gi" is not a size: write 10GiB.
#! 4:40-4:47 error: Invalid config value
#!     The value of "size" is wrong: "10 GB" is not a size: write 10GB.
#! 5:40-5:46 error: Invalid config value
#!     The value of "size" is wrong: "10gb" is not a size: write 10GB.
#! 6:40-6:45 error: Invalid config value
#!     The value of "size" is wrong: "10G" is not a size: write 10GiB or 10GB.
#! 7:40-7:47 error: Invalid config value
#!     The value of "size" is wrong: "1TiBs" is not a size: write 1TiB.
#! 8:40-8:49 error: Invalid config value
#!     The value of "size" is wrong: "10,5GiB" is not a size: write 10752MiB.
#! 9:40-9:48 error: Invalid config value
#!     The value of "size" is wrong: "0.5TiB" is not a size: write 512GiB.
#! 10:40-10:54 error: Invalid config value
#!     The value of "size" is wrong: "10 gigabytes" is not a size: write 10GB.
#! 11:40-11:47 error: Invalid config value
#!     The value of "size" is wrong: "-1GiB" is less than nothing: write a whole number and a unit without a space, such as 10GiB.
#! 12:40-12:45 error: Invalid config value
#!     The value of "size" is wrong: "50%" is not a size, and LXD takes no shares: write a whole number and a unit without a space, such as 10GiB.
#! 13:41-13:52 error: Invalid config value
#!     The value of "size" is wrong: "unlimited" is not a size: leave the key out for no limit of its own, or write one such as 10GiB.
