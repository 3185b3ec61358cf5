pool "fast" {
  driver = "zfs"
  volume "data" {
    description = true ? "a" : var.b
  }
}
#+ 4:     description = true ? "a" : "b"
#! 4:32-4:37 error: Unknown reference
#!     There is no variable "b", and there are no others.
