pool "fast" {
  driver = "zfs"
  config = {
    size = "10GiB"

  volume "logs" {}
}
#+ 4:     size = "10GiB"
#+ 4:   }
#! 3:3-3:13 error: Missing closing brace
#!     The value of "config" begins here and has no "}". It is most likely missing after line 4.
