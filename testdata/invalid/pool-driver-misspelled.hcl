pool "fast" {
  driver = "btfrs"
}
pool "slow" {
  driver = "DIR"
}
pool "other" {
  existing = true
  driver   = "zsf"
}
#+ 2:   driver = "btrfs"
#+ 5:   driver = "dir"
#+ 9:   driver   = "zfs"
#! 2:12-2:19 error: Unknown driver
#!     tarn knows no driver "btfrs". Did you mean "btrfs"?
#! 5:12-5:17 error: Unknown driver
#!     tarn knows no driver "DIR". Did you mean "dir"?
#! 9:14-9:19 error: Unknown driver
#!     tarn knows no driver "zsf". Did you mean "zfs"?
