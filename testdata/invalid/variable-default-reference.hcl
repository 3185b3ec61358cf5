variable "a" { default = local.b }
locals { b = 1 }
#+ 1: locals { a = local.b }
#! 1:26-1:31 error: Variables not allowed
#!     A plain value must stand here, without references and functions. A computed value is a local value, locals { NAME = … }, read as local.NAME.
