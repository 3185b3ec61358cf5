variable "pin" {
  sensitive = true
  default   = "hunter2"
}

pool "fast" {
  driver = "zfs"
  volume "data" {
    config = { "user.pin" = parseint(var.pin, 10) }
  }
}
#+ 3:   default   = "4711"
#! 9:38-9:45 error: Invalid function argument
#!     The expression uses a sensitive value, so the cause is not shown: it could quote the value.
