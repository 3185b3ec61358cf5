variable "d" { default = "zfs" }
pool "fast" {
  driver = ${var.d}
}
#+ 3:   driver = var.d
#! 3:12-3:20 error: Wrong reference
#!     ${…} is for expressions within text. Outside of quotes the expression stands alone. Write:
#!
#!     driver = var.d
