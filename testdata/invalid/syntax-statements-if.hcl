variable "fast" { default = true }
pool "a" {
  driver = "dir"
  if var.fast {
    description = "fast"
  }
}
#+ 4:   description = var.fast ? "fast" : "slow"
#+ 5:
#+ 6:
#! 4:3-4:5 error: Neither attribute nor block
#!     A spec has no if. A value has the condition in it: description = var.fast ? "fast" : "slow". For a block that is there or not, write for_each = toset(var.fast ? ["a"] : []) and name = each.key.
