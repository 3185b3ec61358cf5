#: var size=20GB
variable "size" {
  type = string
  validation {
    condition     = can(regex("GiB$", var.size))
    error_message = "Sizes are in GiB."
  }
}
#+ 1: #: var size=20GiB
#! 2:1-2:16 error: Invalid value for variable
#!     Sizes are in GiB.
#!
#!     The variable "size" is validated at validation.hcl:5. The value is from --var size.
