pool "fast" {
  driver: zfs
  description: "x"
}
#+ 2:   driver = "zfs"
#+ 3:   description = "x"
#! 2:9-2:10 error: Missing equals sign
#!     An attribute has an equals sign before its value, and not ":". Write:
#!
#!     driver = "zfs"
#!
#!     The same is on line 3.
