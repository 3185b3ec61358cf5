variable "size" {
  type    = "string"
  default = ""
}
#+ 2:   type    = string
#! 2:13-2:21 error: Invalid type specification
#!     A type is written without quotes: type = string.
