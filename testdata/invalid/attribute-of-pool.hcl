pool "fast" {
  driver = "zfs"
  volume "data" {
    driver = "zfs"
  }
}
#! 4:5-4:11 error: Unsupported attribute
#!     A volume block has no attribute "driver". It may have "name", "description", "config", "content_type", "project", "target", "renamed_from", "absent", "prevent_delete", "ignore_config" and "for_each".
