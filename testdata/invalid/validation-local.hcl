locals { min = 1 }
variable "b" {
  default = 1
  validation {
    condition     = var.b > local.min
    error_message = "No."
  }
}
#+ 1: variable "min" { default = 0 }
#+ 5:     condition     = var.b > var.min
#! 5:29-5:38 error: Unknown reference
#!     A validation may use variables only: local values are computed after variables are validated.
