pool {
  driver = "zfs"
}
#+ 1: pool "fast" {
#! 1:1-1:5 error: Missing label
#!     A pool block needs its name as a label: pool "name" { … }
