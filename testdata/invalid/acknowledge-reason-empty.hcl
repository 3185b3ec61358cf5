pool "fast" {
  driver = "dir"
  volume "data" {}
}
acknowledge "fast/data" {
  reason = " "
}
#+ 6:   reason = "being moved"
#! 6:12-6:15 error: Missing reason
#!     The reason is empty. Say why that is as it should be for now, for those who read it later.
