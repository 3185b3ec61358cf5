pool "fast" {
  driver = "zfs"
  volume "logs" {}

pool "slow" {
  driver = "dir"
}
#+ 3:   volume "logs" {}
#+ 3: }
#! 1:1-1:14 error: Missing closing brace
#!     The block pool "fast" begins here and has no "}". It is most likely missing after line 3.
