pol "fast" {
  driver = "zfs"
}
#+ 1: pool "fast" {
#! 1:1-1:4 error: Unsupported block
#!     A spec has no block "pol". Did you mean "pool"?
