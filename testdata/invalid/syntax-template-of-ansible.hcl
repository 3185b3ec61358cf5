variable "driver" { default = "zfs" }
pool "fast" {
  driver = {{ driver }}
}
#+ 3:   driver = var.driver
#! 3:12-3:14 error: Template of another tool
#!     {{ … }} means nothing in a spec. A variable is var.NAME, and within text "${var.NAME}".
