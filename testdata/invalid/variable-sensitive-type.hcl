#: var pin=hunter2
variable "pin" {
  type      = number
  sensitive = true
}
#+ 1: #: var pin=4711
#! 2:1-2:15 error: Invalid value for variable
#!     The variable "pin" cannot take this value: a number is needed. Its type is number. The value is from --var pin.
