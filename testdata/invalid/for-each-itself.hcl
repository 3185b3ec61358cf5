pool "fast" {
  driver = "zfs"
  volume "data" {
    for_each = toset([each.key])
    name     = each.key
  }
}
#+ 4:     for_each = toset(["a"])
#! 4:23-4:31 error: Unknown reference
#!     each.key and each.value exist only in a block with for_each, and in the volumes of a pool with for_each.
