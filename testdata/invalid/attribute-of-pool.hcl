pool "fast" {
  driver = "zfs"
  volume "data" {
    driver = "zfs"
  }
}
#! 4:5-4:11 error: Unsupported attribute
#!     A volume block has no attribute "driver", only "for_each", "name", "content_type", "description", "project", "target", "config", "renamed_from", "copy_of", "existing", "absent", "prevent_delete" and "ignore_config".
