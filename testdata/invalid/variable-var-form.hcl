#: var size
variable "size" { default = "" }
#! nowhere error: Invalid --var
#!     "size" is not of the form NAME=VALUE.
