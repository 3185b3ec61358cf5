pool "fast" {
  driver = "zfs"
  volume "data" {
    driver = "zfs"
  }
}
#+ 4:
#! 4:5-4:11 error: Unsupported attribute
#!     A volume block has no "driver". The driver is that of the pool.
