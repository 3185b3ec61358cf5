pool "fast" {
  driver = "zfs"
  dynamic "volume" {
    for_each = toset(["a"])
    content { name = each.key }
  }
}
#+ 3:   volume "data" {
#+ 5:     name     = "data-${each.key}"
#! 3:3-3:10 error: Unsupported block
#!     A pool block has no "dynamic". Repeat the block itself: write for_each = … in it, and name = "data-${each.key}".
