pool "a" {
  driver = "zfs"
  volume "b" { name = "a/b" }
  volume "c/d" {}
  volume "e/f/g" {}
}
pool "h/i" { driver = "zfs" }
#+ 3:   volume "b" {}
#+ 4: }
#+ 4: pool "c" {
#+ 4:   driver = "zfs"
#+ 4:   volume "d" {}
#+ 5:
#+ 7: pool "h" {
#+ 7:   driver = "zfs"
#+ 7:   volume "i" {}
#+ 7: }
#! 3:23-3:28 error: Invalid volume name
#!     LXD does not take this name: "a/b" has a slash: write it without. The pool is the block around it: the volume is called "b".
#! 4:3-4:15 error: Invalid volume name
#!     LXD does not take this name: "c/d" has a slash: write it without. For the volume "d" of the pool "c", write pool "c" { volume "d" { … } }.
#! 5:3-5:17 error: Invalid volume name
#!     LXD does not take this name: "e/f/g" has a slash: write it without.
#! 7:1-7:11 error: Invalid pool name
#!     LXD does not take this name: "h/i" has a slash: write it without. For the volume "i" of the pool "h", write pool "h" { volume "i" { … } }.
