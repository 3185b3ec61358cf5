variable "size" {
  default = "20GB"
  validation {
    condition     = endswith(var.size, "GiB")
    error_message = "Sizes are in GiB, not ${var.size}."
  }
}
#+ 2:   default = "20GiB"
#! 2:13-2:19 error: Invalid value for variable
#!     Sizes are in GiB, not 20GB.
#!
#!     The variable "size" is validated at validation-default.hcl:4.
