variable "a" {
  value = 1
}
#+ 2:   default = 1
#! 2:3-2:8 error: Unsupported attribute
#!     A variable block has no "value". For the value when none is given, write default = …
