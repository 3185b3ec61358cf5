pool "fast / er" {
  driver = "zfs"
}
#+ 1: pool "faster" {
#! 1:1-1:17 error: Invalid pool name
#!     LXD does not take this name: "fast / er" has a slash: write it without.
