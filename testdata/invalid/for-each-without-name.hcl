pool "fast" {
  driver = "zfs"
  volume "data" {
    for_each = toset(["a", "b"])
  }
}
#+ 4:     for_each = toset(["a", "b"])
#+ 4:     name     = "data-${each.key}"
#! 3:3-3:16 error: Missing name
#!     A volume with for_each needs a name that differs from element to element, such as name = "data-${each.key}".
