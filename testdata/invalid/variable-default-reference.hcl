variable "a" { default = local.b }
locals { b = 1 }
#! 1:26-1:31 error: Variables not allowed
#!     Variables may not be used here.
