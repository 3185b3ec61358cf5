variable "0size" { default = "" }
#+ 1: variable "size0" { default = "" }
#! 1:1-1:17 error: Invalid name
#!     "0size" cannot be the name of a variable, because var.0size could not be read. Use letters, digits, underscores and dashes, with a letter at the start.
