pool "fast" {
  driver = "zfs"
  volume "a" {
    for_each = toset(["x", "y"])
    name     = "a-{each.key}"
  }
  volume "b" {
    for_each = toset(["x"])
    name     = "each.value"
  }
}
#+ 5:     name     = "a-${each.key}"
#+ 9:     name     = each.value
#! 5:16-5:30 error: Duplicate volume
#!     pool.fast.volume.a["y"] and pool.fast.volume.a["x"] are both the volume "a-{each.key}" of pool "fast". "a-{each.key}" is plain text, in which each.key stands for nothing. Write "a-${each.key}".
#! 9:16-9:28 warning: Doubtful name
#!     "each.value" is plain text, in which each.value stands for nothing. Write each.value without quotes.
