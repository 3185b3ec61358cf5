variable "size" { default = "1" }
pool "fast" {
  driver = "zfs"
  config = { size = "${var.sizeGiB" }
}
#+ 4:   config = { size = "${var.size}GiB" }
#! 4:21-4:38 error: Interpolation without an end
#!     In this text a ${ has no } behind it. Write:
#!
#!     config = { size = "${var.sizeGiB}" }
