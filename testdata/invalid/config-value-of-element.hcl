variable "sizes" { default = { alpha = "1GiB", beta = "5 apples" } }

pool "fast" {
  driver = "dir"
  volume "data" {
    for_each = var.sizes
    name     = "data-${each.key}"
    config   = { size = each.value }
  }
}
#+ 1: variable "sizes" { default = { alpha = "1GiB", beta = "5GiB" } }
#! 8:25-8:35 error: Invalid config value
#!     with each.key as "beta"
#!     with each.value as "5 apples"
#!     The value of "size" is wrong: "5 apples" is not a size: write a whole number and a unit without a space, such as 10GiB or 10GB.
