pool "fast" {
  driver = "zfs"
  config = { "volume.size" = "20" }
  volume "a" { config = { size = 10 } }
  volume "b" { config = { size = "10B" } }
  volume "c" { config = { size = 0 } }
  volume "d" { config = { size = 1073741824 } }
}
#+ 3:   config = { "volume.size" = "20GiB" }
#+ 4:   volume "a" { config = { size = "10GiB" } }
#! 3:30-3:34 warning: Size without a unit
#!     A number without a unit is in bytes, and 20 bytes hold next to nothing. Write "20GiB" if GiB are meant, and "20B" if bytes are.
#! 4:34-4:36 warning: Size without a unit
#!     A number without a unit is in bytes, and 10 bytes hold next to nothing. Write "10GiB" if GiB are meant, and "10B" if bytes are.
