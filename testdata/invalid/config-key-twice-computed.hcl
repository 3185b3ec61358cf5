pool "fast" {
  driver = "zfs"
  volume "data" {
    config = { size = "1GiB", "${lower("SIZE")}" = "2GiB" }
  }
}
#+ 4:     config = { size = "1GiB" }
#! 4:31-4:49 error: Duplicate config key
#!     The key "size" has a value at config-key-twice-computed.hcl:4 already.
