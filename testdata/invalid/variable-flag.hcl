variable "a" {
  default   = 1
  sensitive = "very"
}
#+ 3:   sensitive = true
#! 3:15-3:21 error: Wrong type
#!     "sensitive" is true or false here, and this is text.
