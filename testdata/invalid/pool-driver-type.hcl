pool "fast" {
  driver = ["zfs"]
}
#+ 2:   driver = "zfs"
#! 2:12-2:19 error: Wrong type
#!     "driver" must be text, and this is a list.
