pool "fast" {
  driver = "zfs"
  volume "data" {
    config = { size = ["10GiB"] }
  }
}
#+ 4:     config = { size = "10GiB" }
#! 4:23-4:32 error: Wrong type
#!     The value of "size" must be text, a number or a boolean, and this is a list.
