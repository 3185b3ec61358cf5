pool "fast" {
  driver = "zfs"
  colour = "red"
}
#+ 3:
#! 3:3-3:9 error: Unsupported attribute
#!     A pool block has no attribute "colour", only "for_each", "name", "driver", "description", "config", "existing", "absent", "prevent_delete", "exclusive" and "ignore_config".
