pool "fast" {
  driver = "dir"
  volume "data" {}
}
acknowledge "fast/data" {
  reason = "known"
  keys   = "size"
}
#+ 7:   keys = ["size"]
#! 7:12-7:18 error: Wrong type
#!     "keys" must be a list of texts, and this is text.
