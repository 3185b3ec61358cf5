pool "fast" {
  driver = "dir"
  volume "data" {}
}
acknowledge {
  reason = "known"
}
#+ 5: acknowledge "fast/data" {
#! 5:1-5:12 error: Missing label
#!     An acknowledge block needs its address as a label: acknowledge "address" { … }
