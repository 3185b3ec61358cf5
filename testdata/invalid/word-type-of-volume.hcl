pool "fast" {
  driver = "zfs"
  volume "data" {
    type = "block"
  }
}
#+ 4:     content_type = "block"
#! 4:5-4:9 error: Unsupported attribute
#!     A volume block has no "type". For what the volume holds, write content_type = "block" or "filesystem". All volumes in a spec are custom ones.
