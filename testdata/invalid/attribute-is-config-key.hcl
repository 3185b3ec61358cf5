pool "fast" {
  driver = "zfs"
  volume "data" {
    size = "10GiB"
  }
}
#+ 4:     config = { size = "10GiB" }
#! 4:5-4:9 error: Unsupported attribute
#!     A volume block has no attribute "size". It is a key of LXD: write config = { size = … }.
