pool "fast" {
  driver = "zfs"
  volume "data" {
    for_each = ["a", "b"]
    name     = each.key
  }
}
#+ 4:     for_each = toset(["a", "b"])
#! 4:16-4:26 error: Invalid for_each
#!     for_each needs a map or a set of texts. It is a list, and what stands at a place of a list would be another object whenever the list changes. Write toset(…) around it.
