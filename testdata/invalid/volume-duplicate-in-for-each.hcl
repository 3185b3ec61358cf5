pool "fast" {
  driver = "zfs"
  volume "data" {
    for_each = toset(["a", "b"])
    name     = "data-${length(each.key)}"
  }
}
#+ 5:     name     = "data-${each.key}"
#! 5:16-5:42 error: Duplicate volume
#!     pool.fast.volume.data["b"] and pool.fast.volume.data["a"] are both the volume "data-1" of pool "fast". The name must differ from element to element of for_each: it needs ${each.key} in it, or something else of each.
