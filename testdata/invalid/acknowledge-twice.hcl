pool "fast" {
  driver = "dir"
  volume "data" {}
}
acknowledge "fast/data" {
  reason = "known"
}
acknowledge "fast/data" {
  reason = "known for long"
}
#+ 8: 
#+ 9:
#+ 10:
#! 8:1-8:24 error: Duplicate acknowledgment
#!     The same is acknowledged at acknowledge-twice.hcl:5 already. Take one of the two out.
