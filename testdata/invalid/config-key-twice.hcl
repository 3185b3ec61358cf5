pool "fast" {
  driver = "zfs"
  volume "data" {
    config = { size = "1GiB", size = "2GiB" }
  }
}
#+ 4:     config = { size = "2GiB" }
#! 4:31-4:35 error: Duplicate config key
#!     The key "size" has a value at config-key-twice.hcl:4 already.
