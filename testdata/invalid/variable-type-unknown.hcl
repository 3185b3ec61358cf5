variable "size" {
  type    = strin
  default = ""
}
#+ 2:   type    = string
#! 2:13-2:18 error: Invalid type specification
#!     "strin" is no type. Did you mean "string"?
