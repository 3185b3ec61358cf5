pool "fast" {
  driver = "zfs"
  absent = "perhaps"
}
#+ 3:   absent = false
#! 3:12-3:21 error: Wrong type
#!     "absent" must be true or false, and this is text.
