variable "size" {
  sensitive = true
  default   = "much"
}

pool "fast" {
  driver = "zfs"
  volume "data" {
    config = { size = "${var.size}!" }
  }
}
#+ 3:   default   = "10GiB"
#+ 9:     config = { size = var.size }
#! 9:23-9:37 error: Invalid config value
#!     The value of "size" is wrong: it is no size that LXD takes; it is sensitive and not shown.
