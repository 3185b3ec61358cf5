variable "size" { default = "1GiB" }
locals {
  n = "x"
  a = vars.size
  b = locals.n
  c = size
  d = True
  e = None
  f = path.module
  g = vra.size
  h = var.sise
  i = n
}
#+ 4:   a = var.size
#+ 5:   b = local.n
#+ 6:   c = var.size
#+ 7:   d = true
#+ 8:   e = null
#+ 9:   f = "."
#+ 10:   g = var.size
#+ 11:   h = var.size
#+ 12:   i = local.n
#! 4:7-4:16 error: Unknown reference
#!     There is nothing named "vars". Write var.size.
#! 5:7-5:15 error: Unknown reference
#!     There is nothing named "locals". Write local.n.
#! 6:7-6:11 error: Unknown reference
#!     There is nothing named "size". Write var.size for the variable.
#! 7:7-7:11 error: Unknown reference
#!     There is nothing named "True". Write true.
#! 8:7-8:11 error: Unknown reference
#!     There is nothing named "None". Write null, or leave the attribute out.
#! 9:7-9:18 error: Unknown reference
#!     There is nothing named "path". file("NAME") reads files beside the spec without a path.
#! 10:7-10:15 error: Unknown reference
#!     There is nothing named "vra". Did you mean var.size?
#! 11:7-11:15 error: Unknown reference
#!     There is no variable "sise". Did you mean "size"?
#! 12:7-12:8 error: Unknown reference
#!     There is nothing named "n". Write local.n for the local value.
