pool "fast" {
  driver = "zfs"
  volume "data" {
    state = "absent"
  }
}
#+ 4:     absent = true
#! 4:5-4:10 error: Unsupported attribute
#!     A volume block has no "state". To have something deleted, write absent = true in its block.
