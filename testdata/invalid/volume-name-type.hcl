pool "fast" {
  driver = "zfs"
  volume "data" {
    name = { a = 1 }
  }
}
#+ 4:     name = "a"
#! 4:12-4:21 error: Wrong type
#!     "name" must be text, and this is an object.
