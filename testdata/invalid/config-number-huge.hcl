pool "fast" {
  driver = "zfs"
  volume "data" {
    config = { size = 1e5000 }
  }
}
#+ 4:     config = { size = 1e9 }
#! 4:23-4:29 error: Wrong type
#!     The value of "size" cannot be written for LXD: the number is out of range.
