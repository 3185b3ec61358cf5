pool "fast" {
  driver = "zfs"
  volume "data" {
    description = var.sizee
  }
}

variable "size" {
  default = "1GiB"
  validation {
    condition     = var.size != ""
    error_message = "No."
  }
}
#+ 4:     description = var.size
#! 4:19-4:28 error: Unknown reference
#!     There is no variable "sizee". Did you mean "size"?
