pool "fast" {
  driver = "zfs"
  bucket "data" {}
}
#! 3:3-3:9 error: Unsupported block
#!     A pool block has no block "bucket". It may have "for_each", "name", "driver", "description", "config", "existing", "absent", "prevent_delete", "exclusive", "ignore_config", "member" and "volume".
