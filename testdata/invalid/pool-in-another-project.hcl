pool "fast" {
  driver = "zfs"
  project = "default"
}
#+ 3:
#! 3:3-3:10 error: Unsupported attribute
#!     A pool block has no "project". Pools belong to no project: project is for the volumes in it, or for all of them in the tarn block.
