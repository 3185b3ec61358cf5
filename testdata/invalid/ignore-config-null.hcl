pool "fast" {
  driver = "zfs"
  ignore_config = [null]
}
#! 3:19-3:25 error: Invalid pattern
#!     "ignore_config" has an element that is null.
