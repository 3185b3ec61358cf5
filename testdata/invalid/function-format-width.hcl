pool "fast" {
  driver = "zfs"
  volume "data" {
    description = format("%99999999s", "a")
  }
}
#+ 4:     description = format("%9999s", "a")
#! 4:27-4:37 error: Invalid function argument
#!     The argument "format" of format is wrong: widths end at 9999.
