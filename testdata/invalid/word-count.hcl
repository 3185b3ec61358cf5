pool "fast" {
  driver = "zfs"
  volume "data" {
    count = 3
  }
}
#+ 4:     for_each = toset(["a", "b"])
#+ 4:     name     = "data-${each.key}"
#! 4:5-4:10 error: Unsupported attribute
#!     A volume block has no "count". For several objects from one block, write for_each = toset(["a", "b"]) and name = "data-${each.key}".
