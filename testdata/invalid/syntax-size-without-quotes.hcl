pool "fast" {
  driver = "zfs"
  config = { size = 10GiB }
  volume "a" { config = { size = 10 GiB } }
}
#+ 3:   config = { size = "10GiB" }
#+ 4:   volume "a" { config = { size = "10GiB" } }
#! 3:21-3:26 error: Missing quotes
#!     A number with a unit is text, and text is in quotes. Write:
#!
#!     config = { size = "10GiB" }
#!
#!     The same is on line 4.
