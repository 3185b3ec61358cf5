pool "fast" {
  driver "zfs"
  config = { size "1GiB" }
}
#+ 2:   driver = "zfs"
#+ 3:   config = { size = "1GiB" }
#! 2:3-2:11 error: Missing equals sign
#!     An attribute has an equals sign before its value. Write:
#!
#!     driver = "zfs"
#!
#!     The same is on line 3.
