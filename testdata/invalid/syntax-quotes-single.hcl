pool 'fast' {
  driver = 'zfs'
  description = 'x'
}
#+ 1: pool "fast" {
#+ 2:   driver = "zfs"
#+ 3:   description = "x"
#! 1:6-1:7 error: Wrong quotes
#!     Text is in straight double quotes: "text". Write:
#!
#!     pool "fast" {
#!
#!     The same is on lines 2 and 3.
