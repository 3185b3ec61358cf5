pool "fast" {
  driver = "zfs"
#+ 2:   driver = "zfs"
#+ 2: }
#! 1:1-1:14 error: Missing closing brace
#!     The block pool "fast" begins here and has no "}". It is most likely missing after line 2.
