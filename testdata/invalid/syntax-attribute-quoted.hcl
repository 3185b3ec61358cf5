pool "fast" {
  "driver" = "zfs"
}
#+ 2:   driver = "zfs"
#! 2:3-2:11 error: Attribute in quotes
#!     The name of an attribute has no quotes. Write:
#!
#!     driver = "zfs"
