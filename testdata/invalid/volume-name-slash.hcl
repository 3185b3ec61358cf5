pool "fast" {
  driver = "zfs"
  volume "data" {
    name = "a/b"
  }
}
#+ 4:     name = "b"
#! 4:12-4:17 error: Invalid volume name
#!     LXD does not take this name: "a/b" has a slash: write it without. For the volume "b" of the pool "a", write pool "a" { volume "b" { … } }.
