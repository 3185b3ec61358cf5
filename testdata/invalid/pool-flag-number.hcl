pool "fast" {
  driver = "zfs"
  exclusive = 1
}
#+ 3:   exclusive = true
#! 3:15-3:16 error: Wrong type
#!     "exclusive" must be true or false, and this is a number. Write exclusive = true.
