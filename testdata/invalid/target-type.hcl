pool "fast" {
  driver = "zfs"
  volume "data" {
    target = []
  }
}
#+ 4:     target = "n1"
#! 4:14-4:16 error: Wrong type
#!     "target" must be text, and this is a list.
