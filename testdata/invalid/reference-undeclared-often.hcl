variable "siez" { default = "1GiB" }
pool "main" {
  driver = "zfs"
  config = { "volume.size" = var.size }
  volume "a" {
    description = "of ${var.size}"
    config      = { size = var.size }
  }
}
#+ 4:   config = { "volume.size" = var.siez }
#+ 6:     description = "of ${var.siez}"
#+ 7:     config      = { size = var.siez }
#! 4:30-4:38 error: Unknown reference
#!     There is no variable "size". Did you mean "siez"? The same is on lines 6 and 7.
