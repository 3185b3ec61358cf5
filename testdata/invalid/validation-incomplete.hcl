variable "size" {
  default = "1GiB"
  validation {
    condition = var.size != ""
  }
}
#! 3:3-3:13 error: Missing attribute
#!     A validation block needs "error_message".
