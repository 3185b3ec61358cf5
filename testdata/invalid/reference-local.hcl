pool "fast" {
  driver = "zfs"
  volume "data" {
    description = local.shards
  }
}
#+ 4:     description = "x"
#! 4:19-4:31 error: Unknown reference
#!     There is no local value "shards", and there are no others.
