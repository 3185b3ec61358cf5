pool "fast" {
  driver = "zfs"
  volume "data" {
    for_each = toset([1, 2])
    name     = each.key
  }
}
#+ 4:     for_each = toset(["1", "2"])
#! 4:16-4:29 error: Invalid for_each
#!     for_each needs a map or a set of texts. It is a set of numbers. Write the numbers as texts, toset(["1", "2"]).
