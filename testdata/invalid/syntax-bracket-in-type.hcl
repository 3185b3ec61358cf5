variable "d" { type [ string }
pool "main" { driver = var.d }
#+ 1: #: var d=dir
#+ 1: variable "d" { type = string }
#! 1:21-1:22 error: Missing closing bracket
#!     The "[" begins here and has no "]".
