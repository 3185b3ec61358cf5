pool "fast" {
  driver = "zfs"
  volume​ "logs" {}
}
pool "slow" {
  driver ＝ "dir"
}
#+ 2:   driver = "zfs"
#+ 3:   volume "logs" {}
#+ 6:   driver = "dir"
#! 2:1-2:2 error: Odd character
#!     This is a no-break space (U+00A0), which a spec has in quotes only. Write:
#!
#!     driver = "zfs"
#!
#!     The same is on lines 3 and 6.
