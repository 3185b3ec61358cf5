locals {
  size   = "1GiB"
  driver = "dir"
}
pool "fast" {
  driver = "zfs"
  volume "a" { config = { size = "local.size" } }
  volume "b" { config = { size = "$local.size" } }
}
pool "slow" { driver = "local.driver" }
#+ 7:   volume "a" { config = { size = local.size } }
#+ 8:   volume "b" { config = { size = local.size } }
#+ 10: pool "slow" { driver = "dir" }
#! 7:34-7:46 error: Invalid config value
#!     The value of "size" is wrong: "local.size" is plain text, in which local.size stands for nothing. Write local.size without quotes.
#! 8:34-8:47 error: Invalid config value
#!     The value of "size" is wrong: "$local.size" is plain text, in which local.size stands for nothing. Write local.size without quotes.
#! 10:24-10:38 error: Unknown driver
#!     tarn knows no driver "local.driver". "local.driver" is plain text, in which local.driver stands for nothing. Write local.driver without quotes.
