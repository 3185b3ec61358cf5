pool "fast" {
  driver = "zfs"
  volume "data" {
    description = var
  }
}
#+ 1: variable "note" { default = "x" }
#+ 1: pool "fast" {
#+ 4:     description = var.note
#! 4:19-4:22 error: Unknown reference
#!     "var" alone is not a value: write var.NAME for one variable.
