pool "fast" {
  driver = "zfs"
  volume "data" {
    name = "data-${count.index}"
  }
}
#+ 4:     for_each = toset(["a"])
#+ 4:     name     = "data-${each.key}"
#! 4:20-4:31 error: Unknown reference
#!     There is nothing named "count". Blocks are repeated by for_each, and each.key and each.value are what count.index is.
