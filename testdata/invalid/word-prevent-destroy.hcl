pool "fast" {
  driver = "zfs"
  volume "data" {
    prevent_destroy = true
  }
}
#+ 4:     prevent_delete = true
#! 4:5-4:20 error: Unsupported attribute
#!     A volume block has no "prevent_destroy". To protect something from being deleted, write prevent_delete = true in its block.
