pool "fast" {
  driver = "zfs"
  driver = "dir"
}
#+ 3:
#! 3:3-3:9 error: Attribute twice
#!     The block has a value for "driver" already, on line 2. Keep one of the two.
