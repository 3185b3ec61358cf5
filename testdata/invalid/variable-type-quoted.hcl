variable "size" {
  type    = "string"
  default = ""
}
#! 2:13-2:21 error: Invalid type specification
#!     A type specification is either a primitive type keyword (bool, number, string) or a complex type constructor call, like list(string).
