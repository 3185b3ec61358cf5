pool "fast" {
  driver = "zfs"
  volume "data" {
    for_each = 3
    name     = each.key
  }
}
#+ 4:     for_each = toset(["0", "1", "2"])
#! 4:16-4:17 error: Invalid for_each
#!     for_each needs a map or a set of texts. It is a number. For so many objects write for_each = toset([for n in range(3) : tostring(n)]).
