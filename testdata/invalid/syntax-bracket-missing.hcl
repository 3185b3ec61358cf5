pool "fast" {
  driver        = "zfs"
  ignore_config = ["user.a", "user.b"
  volume "logs" {}
}
#+ 3:   ignore_config = ["user.a", "user.b"]
#! 3:3-3:20 error: Missing closing bracket
#!     The value of "ignore_config" begins here and has no "]". It is most likely missing on this line.
