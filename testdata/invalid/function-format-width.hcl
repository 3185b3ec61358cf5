pool "fast" {
  driver = "zfs"
  volume "data" {
    description = format("%99999999s", "a")
  }
}
#! 4:27-4:37 error: Invalid function argument
#!     Invalid value for "format" parameter: widths end at 9999.
