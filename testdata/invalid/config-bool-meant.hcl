pool "fast" {
  driver = "zfs"
  volume "data0" { config = { "security.shifted" = "yess" } }
  volume "data1" { config = { "security.shifted" = "enabled" } }
  volume "data2" { config = { "security.shifted" = "n" } }
}
#+ 3:   volume "data0" { config = { "security.shifted" = "yes" } }
#+ 4:   volume "data1" { config = { "security.shifted" = "true" } }
#+ 5:   volume "data2" { config = { "security.shifted" = "false" } }
#! 3:52-3:58 error: Invalid config value
#!     The value of "security.shifted" is wrong: "yess" is not a boolean: write true.
#! 4:52-4:61 error: Invalid config value
#!     The value of "security.shifted" is wrong: "enabled" is not a boolean: write true.
#! 5:52-5:55 error: Invalid config value
#!     The value of "security.shifted" is wrong: "n" is not a boolean: write false.
