variable "a" {
  default     = 1
  description = 5
}
#+ 3:   description = "how many"
#! 3:17-3:18 error: Wrong type
#!     The description of a variable is a text in quotes.
