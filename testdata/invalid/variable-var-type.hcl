#: var count=many
variable "count" { type = number }
#+ 1: #: var count=3
#! 2:1-2:17 error: Invalid value for variable
#!     The variable "count" cannot take this value: a number is needed. Its type is number. The value is from --var count.
