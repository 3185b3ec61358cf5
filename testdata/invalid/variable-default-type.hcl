variable "sizes" {
  type    = list(number)
  default = [1, "two"]
}
#+ 3:   default = [1, 2]
#! 3:13-3:23 error: Invalid value for variable
#!     The variable "sizes" cannot take this value: at [1], a number is needed. Its type is list(number).
