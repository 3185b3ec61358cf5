pool "fast" {
  driver = "zfs"
  bucket "data" {}
}
#+ 3:   volume "data" {}
#! 3:3-3:9 error: Unsupported block
#!     A pool block has no block "bucket", only "member" and "volume".
