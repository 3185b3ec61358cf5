#: var siz=1GiB
variable "size" { default = "" }
#+ 1: #: var size=1GiB
#! nowhere error: Unknown variable
#!     The spec declares no variable "siz" for --var to set. Did you mean "size"?
