pool "fast" {
  driver      = "zfs"
  description = format("%s", "x"
  volume "logs" {}
}
#+ 3:   description = format("%s", "x")
#! 3:17-3:24 error: Missing closing bracket
#!     The call of format begins here and has no ")". It is most likely missing on this line.
