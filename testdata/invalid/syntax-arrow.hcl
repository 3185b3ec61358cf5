pool "fast" {
  driver => "zfs"
}
#+ 2:   driver = "zfs"
#! 2:10-2:12 error: Missing equals sign
#!     An attribute has an equals sign before its value, and not "=>". Write:
#!
#!     driver = "zfs"
