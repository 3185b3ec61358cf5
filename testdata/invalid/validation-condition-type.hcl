variable "b" {
  default = 1
  validation {
    condition     = [var.b]
    error_message = "No."
  }
}
#+ 4:     condition     = var.b > 0
#! 4:21-4:28 error: Wrong type
#!     The condition of a validation must be true or false.
