pool "fast" {
  type = "zfs"
}
#+ 2:   driver = "zfs"
#! 2:3-2:7 error: Unsupported attribute
#!     A pool block has no "type". For the storage driver, write driver = "zfs".
