variable "size" {
  default = "1GiB"
  validation {
    condition = var.size != ""
  }
}
#+ 4:     condition     = var.size != ""
#+ 4:     error_message = "Say a size."
#! 3:3-3:13 error: Missing attribute
#!     A validation block needs "error_message".
