variable "a" {
  nullable = false
  default  = null
}
#+ 3:   default  = "x"
#! 3:14-3:18 error: Invalid value for variable
#!     The variable "a" cannot take this value: it cannot be null.
