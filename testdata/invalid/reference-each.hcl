pool "fast" {
  driver = "zfs"
  volume "data" {
    description = each.key
  }
}
#+ 4:     for_each    = toset(["a"])
#+ 4:     name        = each.key
#+ 4:     description = each.key
#! 4:19-4:27 error: Unknown reference
#!     each.key and each.value exist only in a block with for_each, and in the volumes of a pool with for_each.
