pool "fast" {
  driver = "zfs"
  project = "default"
}
#! 3:3-3:10 error: Unsupported attribute
#!     A pool block has no attribute "project", only "for_each", "name", "driver", "description", "config", "existing", "absent", "prevent_delete", "exclusive" and "ignore_config".
