pool "fast" {
  driver = "zfs"
  name = "fast/er"
}
#+ 3:   volume "er" {}
#! 3:10-3:19 error: Invalid pool name
#!     LXD does not take this name: "fast/er" has a slash: write it without. For the volume "er" of the pool "fast", write pool "fast" { volume "er" { … } }.
