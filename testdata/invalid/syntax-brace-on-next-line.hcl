pool "fast"
{
  driver = "zfs"
}
#+ 1: pool "fast" {
#+ 2:
#! 1:1-1:12 error: Missing opening brace
#!     A pool block has its opening brace on the same line. Write:
#!
#!     pool "fast" {
