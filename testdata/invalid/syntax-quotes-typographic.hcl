pool “fast” {
  driver = “zfs”
}
#+ 1: pool "fast" {
#+ 2:   driver = "zfs"
#! 1:6-1:7 error: Wrong quotes
#!     Text is in straight double quotes: "text". Write:
#!
#!     pool "fast" {
#!
#!     The same is on line 2.
