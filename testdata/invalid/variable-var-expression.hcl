#: var names=a,b
variable "names" { type = list(string) }
#+ 1: #: var names=["a", "b"]
#! 2:1-2:17 error: Invalid value for variable
#!     The variable "names" cannot take this value: it is not an expression for that type, such as ["a", "b"] for list(string). Its type is list(string). The value is from --var names.
