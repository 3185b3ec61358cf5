variable "name" {
  sensitive = true
  default   = "secret"
}

pool "fast" {
  driver = "zfs"
  volume "data" {
    name        = var.name
    description = "of ${var.name}"
    config      = { (var.name) = "a" }
  }
}
#+ 9:     name        = "data"
#+ 10:     description = "of data"
#+ 11:     config      = { "user.name" = var.name }
#! 9:19-9:27 error: Sensitive value
#!     "name" would be shown in plans, so it cannot come from a sensitive variable. Only the values of config can.
#! 10:19-10:35 error: Sensitive value
#!     "description" would be shown in plans, so it cannot come from a sensitive variable. Only the values of config can.
#! 11:21-11:31 error: Sensitive value
#!     A config key is shown in plans, so it cannot come from a sensitive variable.
