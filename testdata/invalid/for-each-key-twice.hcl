pool "fast" {
  driver = "zfs"
  volume "a" {
    for_each = { for n in ["x", "x"] : n => n }
    name     = "a-${each.key}"
  }
}
#+ 4:     for_each = { for n in ["x", "x"] : n => n... }
#! 4:40-4:41 error: Duplicate object key
#!     with n as "x"
#!     Two elements give the key "x", and an object has each key once. Take another key, or give all values of one key as a list: with ... behind the value.
