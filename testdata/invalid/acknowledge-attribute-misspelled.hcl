pool "fast" {
  driver = "dir"
  volume "data" {}
}
acknowledge "fast/data" {
  resaon = "known"
}
#+ 6:   reason = "known"
#! 6:3-6:9 error: Unsupported attribute
#!     An acknowledge block has no attribute "resaon". Did you mean "reason"?
