pool "fast" {
  driver = "zfs"
  volume "data" {
    config = { size = 1e5000 }
  }
}
#+ 4:     config = { size = 1e9 }
#! 4:23-4:24 error: Number out of range
#!     The number is out of range: it would have thousands of digits.
