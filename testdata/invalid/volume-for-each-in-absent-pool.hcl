pool "fast" {
  absent = true
  volume "data" {
    for_each = toset(["a", "b", "c"])
    name     = "data-${each.key}"
  }
}
pool "slow" {
  driver = "dir"
  volume "data" {
    for_each = toset(["a", "b", "c"])
    name     = "data"
  }
}
#+ 5:     name     = "data-${each.key}"
#+ 5:     absent   = true
#+ 12:     name     = "data-${each.key}"
#! 3:3-3:16 error: Volume in an absent pool
#!     The pool "fast" is absent, so it cannot hold the volume "data-a". Move the block to another pool with renamed_from to keep the data, or set absent = true here, too.
#! 12:16-12:22 error: Duplicate volume
#!     pool.slow.volume.data["b"] and pool.slow.volume.data["a"] are both the volume "data" of pool "slow". The name must differ from element to element of for_each: it needs ${each.key} in it, or something else of each.
