pool "shared" {
  driver = "cephfs"
  config = { source = "shared" }
  volume "disk" { content_type = "block" }
}
#+ 4:   volume "disk" { content_type = "filesystem" }
#! 4:34-4:41 error: Invalid content type
#!     A pool with the driver cephfs holds custom volumes of content type "filesystem" only.
