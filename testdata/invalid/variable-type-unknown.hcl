variable "size" {
  type    = strin
  default = ""
}
#! 2:13-2:18 error: Invalid type specification
#!     The keyword "strin" is not a valid type specification.
