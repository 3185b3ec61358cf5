pool "fast" {
  driver = "zfs"
  ignore_config = [null]
}
#+ 3:   ignore_config = []
#! 3:20-3:24 error: Invalid pattern
#!     "ignore_config" has an element that is null.
