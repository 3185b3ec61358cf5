pool "fast" {
  driver = "zfs"
  volume "data" {
    config = { (true) = "1GiB" }
  }
}
#+ 4:     config = { size = "1GiB" }
#! 4:16-4:22 error: Wrong type
#!     A config key must be text, and this is a boolean.
