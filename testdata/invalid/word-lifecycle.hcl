pool "fast" {
  driver = "zfs"
  volume "data" {
    lifecycle { prevent_destroy = true }
  }
}
#+ 4:     prevent_delete = true
#! 4:5-4:14 error: Unsupported block
#!     A volume block has no "lifecycle". To protect something from being deleted, write prevent_delete = true in its block. For config keys that others may change, write ignore_config = ["key"].
