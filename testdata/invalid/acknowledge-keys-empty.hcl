pool "fast" {
  driver = "dir"
  volume "data" {}
}
acknowledge "fast/data" {
  reason = "known"
  keys   = []
}
#+ 7:
#! 7:12-7:14 error: No keys
#!     An empty list acknowledges nothing. Leave keys out for all about the object.
