pool "fast" "zfs" {}
#+ 1: pool "fast" { driver = "zfs" }
#! 1:13-1:18 error: Extraneous label
#!     A pool block has one label, its name. Write driver = "zfs" in the block.
