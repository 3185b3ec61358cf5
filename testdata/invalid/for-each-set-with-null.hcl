pool "fast" {
  driver = "zfs"
  volume "data" {
    for_each = toset(["a", null])
    name     = each.key
  }
}
#+ 4:     for_each = toset(["a"])
#! 4:16-4:34 error: Invalid for_each
#!     for_each needs a map or a set of texts. The set has an element that is null.
