pool "fast" {
  driver = "zfs"
  volume "data" {
    config = { size = "10G" }
  }
}
#+ 4:     config = { size = "10GiB" }
#! 4:23-4:28 error: Invalid config value
#!     The value of "size" is wrong: "10G" is not a size: write 10GiB or 10GB.
