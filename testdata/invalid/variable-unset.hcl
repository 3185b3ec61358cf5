variable "size" {
  type = string
}
#+ 1: #: var size=1GiB
#+ 1: variable "size" {
#! 1:1-1:16 error: Variable without a value
#!     The variable "size" has no default, so it must be given: --var size=…, a --var-file, or TARN_VAR_size in the environment.
