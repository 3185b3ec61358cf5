pool "fast" {
  driver = "dir"
  volume "data" {}
}
acknowledge "fast/data" {
  reason = "known"
  keys   = ["sizze"]
}
#+ 7:   keys = ["size"]
#! 7:13-7:20 error: Pattern without a config key
#!     tarn knows no config key of pools and volumes that "sizze" matches. Did you mean "size"?
