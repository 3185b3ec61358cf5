pool "fast" {
  driver = "zfs"
  volume "data" {
    config = {
      size               = var.size
      "snapshots.expiry" = local.expiry
      "security.shifted" = "maybe"
    }
  }
}
#+ 5:       size               = "1GiB"
#+ 6:       "snapshots.expiry" = "7d"
#+ 7:       "security.shifted" = "true"
#! 5:28-5:36 error: Unknown reference
#!     There is no variable "size", and there are no others.
#! 6:28-6:40 error: Unknown reference
#!     There is no local value "expiry", and there are no others.
#! 7:28-7:35 error: Invalid config value
#!     The value of "security.shifted" is wrong: "maybe" is not a boolean: write true or false.
