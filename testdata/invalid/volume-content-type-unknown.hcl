pool "fast" {
  driver = "zfs"
  volume "data" {
    content_type = "blok"
  }
}
#+ 4:     content_type = "block"
#! 4:20-4:26 error: Invalid content type
#!     "blok" is not a content type: write "block".
