pool "fast" {
  driver = "zfs"
  volume "data" {
    description = file("/dev/null")
  }
}
#+ none: a regular file has to be there
#! 4:25-4:34 error: Invalid function argument
#!     "/dev/null" cannot be read: it is a device, not a regular file.
