pool "fast" {
  driver == "zfs"
  config = { size == "1GiB" }
}
#+ 2:   driver = "zfs"
#+ 3:   config = { size = "1GiB" }
#! 2:10-2:12 error: Missing equals sign
#!     An attribute has an equals sign before its value, and not "==". Write:
#!
#!     driver = "zfs"
#!
#!     The same is on line 3.
