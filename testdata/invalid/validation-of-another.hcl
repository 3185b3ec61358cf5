variable "a" { default = 1 }
variable "b" {
  default = 1
  validation {
    condition     = var.a > 0
    error_message = "No."
  }
}
#+ 5:     condition     = var.b > 0
#! 5:21-5:30 error: Invalid validation
#!     The condition must use var.b, the variable that it validates.
