pool "fast" {
  driver = "zfs"
  volume "data" {
    description = file("/dev/null")
  }
}
#! 4:25-4:34 error: Invalid function argument
#!     Invalid value for "path" parameter: /dev/null is not a regular file.
