pool "fast" {
  driver = 
}
#+ 2:   driver = "zfs"
#! 2:3-2:11 error: Missing value
#!     "driver" has no value: it stands on the same line, behind the equals sign.
