pool "fast" {
  driver = "dir"
  volume "data" {}
}
acknowledge "fast/data" {
  reason = "known"
  keys   = ["config.size"]
}
#+ 7:   keys = ["size"]
#! 7:13-7:26 error: Pattern without a config key
#!     Keys are written as in config: "size".
