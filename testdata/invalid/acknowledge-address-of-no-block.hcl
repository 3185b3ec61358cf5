pool "fast" {
  driver = "dir"
  volume "data" {}
}
acknowledge "pool.fast.volume.dta" {
  reason = "known"
}
#+ 5: acknowledge "pool.fast.volume.data" {
#! 5:1-5:35 error: Nothing has that address
#!     No block of the spec has the address "pool.fast.volume.dta". Did you mean "pool.fast.volume.data"?
