pool "fast" {
  driver = "zfs"
  volume "a" { content_type = "Block" }
  volume "b" { content_type = "fs" }
  volume "c" { content_type = "raw" }
  volume "d" { content_type = "custom" }
}
#+ 3:   volume "a" { content_type = "block" }
#+ 4:   volume "b" { content_type = "filesystem" }
#+ 5:   volume "c" { content_type = "block" }
#+ 6:   volume "d" {}
#! 3:31-3:38 error: Invalid content type
#!     "Block" is not a content type: write "block".
#! 4:31-4:35 error: Invalid content type
#!     "fs" is not a content type: write "filesystem".
#! 5:31-5:36 error: Invalid content type
#!     "raw" is not a content type: write "block".
#! 6:31-6:39 error: Invalid content type
#!     "custom" is not a content type: write "filesystem" or "block".
