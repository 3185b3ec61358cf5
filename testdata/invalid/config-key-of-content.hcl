pool "fast" {
  driver = "zfs"
  volume "data" {
    content_type = "block"
    config       = { "security.shifted" = true }
  }
}
#+ 4:     content_type = "filesystem"
#! 5:22-5:40 error: Unsupported config key
#!     The config key "security.shifted" is of filesystem volumes only.
