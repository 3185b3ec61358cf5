pool "fast" {
  driver = "zfs",
  description = "x",
  config = { size = "1GiB" },
}
#+ 2:   driver = "zfs"
#+ 3:   description = "x"
#+ 4:   config = { size = "1GiB" }
#! 2:17-2:18 error: Comma behind an attribute
#!     An attribute ends with its line, without a comma. Write:
#!
#!     driver = "zfs"
#!
#!     The same is on lines 3 and 4.
