variable "a" {
  type    = "string"
  default = ""
}
variable "b" {
  type    = int
  default = 1
}
variable "c" {
  type    = list
  default = []
}
variable "d" {
  type    = strin
  default = ""
}
variable "e" {
  type    = "boolean"
  default = true
}
#+ 2:   type    = string
#+ 6:   type    = number
#+ 10:   type    = list(string)
#+ 14:   type    = string
#+ 18:   type    = bool
#! 2:13-2:21 error: Invalid type specification
#!     A type is written without quotes: type = string.
#! 6:13-6:16 error: Invalid type specification
#!     "int" is no type. Write type = number.
#! 10:13-10:17 error: Invalid type specification
#!     "list" is no type. Write type = list(string).
#! 14:13-14:18 error: Invalid type specification
#!     "strin" is no type. Did you mean "string"?
#! 18:13-18:22 error: Invalid type specification
#!     "boolean" is no type. Write type = bool.
