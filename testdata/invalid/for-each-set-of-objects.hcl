pool "fast" {
  driver = "zfs"
  volume "a" {
    for_each = toset([{ name = "x" }, { name = "y" }])
    name     = "a-${each.key}"
  }
}
#+ 4:     for_each = { for o in [{ name = "x" }, { name = "y" }] : o.name => o }
#! 4:16-4:55 error: Invalid for_each
#!     for_each needs a map or a set of texts. It is a set of objects. For a map of them by name, write { for o in LIST : o.name => o }.
