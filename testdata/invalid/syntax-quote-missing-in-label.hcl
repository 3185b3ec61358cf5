pool "fast {
  driver = "zfs"
}
#+ 1: pool "fast" {
#! 1:6-1:13 error: Missing quote
#!     The quotes on this line do not pair up: one is missing. A text ends on its line. Write:
#!
#!     pool "fast" {
