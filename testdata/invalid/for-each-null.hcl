pool "fast" {
  driver = "zfs"
  volume "data" {
    for_each = null
    name     = each.key
  }
}
#+ 4:     for_each = {}
#! 4:16-4:20 error: Invalid for_each
#!     for_each needs a map or a set of texts. It is null; write {} for no elements.
