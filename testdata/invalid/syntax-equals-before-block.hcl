pool "fast" = {
  driver = "zfs"
  volume "logs" = {}
}
#+ 1: pool "fast" {
#+ 3:   volume "logs" {}
#! 1:13-1:14 error: Equals sign before a block
#!     A block has no equals sign before its brace. Write:
#!
#!     pool "fast" {
#!
#!     The same is on line 3.
