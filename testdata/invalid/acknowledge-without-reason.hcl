pool "fast" {
  driver = "dir"
  volume "data" {}
}
acknowledge "fast/data" {
}
#+ 5: acknowledge "fast/data" {
#+ 5:   reason = "being moved"
#! 5:1-5:24 error: Missing reason
#!     An acknowledge block needs a reason, for those who read it later: reason = "…".
