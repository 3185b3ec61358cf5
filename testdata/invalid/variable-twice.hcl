variable "a" { default = 1 }
variable "a" { default = 2 }
#+ 2:
#! 2:1-2:13 error: Duplicate variable
#!     The variable "a" is declared at variable-twice.hcl:1 already.
