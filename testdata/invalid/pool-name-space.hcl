pool "fast one" {
  driver = "zfs"
}
#+ 1: pool "fast-one" {
#! 1:1-1:16 error: Invalid pool name
#!     LXD does not take this name: "fast one" has white space: write it without.
