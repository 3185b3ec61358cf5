pool "fast" {
  driver = "zfs"
  descripton = "NVMe"
}
#+ 3:   description = "NVMe"
#! 3:3-3:13 error: Unsupported attribute
#!     A pool block has no attribute "descripton". Did you mean "description"?
