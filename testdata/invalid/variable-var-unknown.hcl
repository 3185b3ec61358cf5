#: var siz=1GiB
variable "size" { default = "" }
#! nowhere error: Unknown variable
#!     --var sets "siz", which the spec does not declare. Did you mean "size"?
