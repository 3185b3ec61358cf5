#: var size
variable "size" { default = "" }
#+ 1: #: var size=1GiB
#! nowhere error: Invalid --var
#!     --var is not of the form NAME=VALUE. It is not shown, as it may be a secret.
