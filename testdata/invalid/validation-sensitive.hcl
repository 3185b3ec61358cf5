#: var pin=hunter2
variable "pin" {
  sensitive = true
  validation {
    condition     = length(var.pin) > 10
    error_message = "The pin ${var.pin} is too short."
  }
}
#+ 1: #: var pin=hunter2hunter2
#! 2:1-2:15 error: Invalid value for variable
#!     The error message uses a sensitive value, so it is not shown.
#!
#!     The variable "pin" is validated at validation-sensitive.hcl:5. The value is from --var pin.
