pool "fast" {
  driver = "zfs"
  volume "data" {
    ignore_changes = ["size"]
  }
}
#+ 4:     ignore_config = ["size"]
#! 4:5-4:19 error: Unsupported attribute
#!     A volume block has no "ignore_changes". For config keys that others may change, write ignore_config = ["key"].
