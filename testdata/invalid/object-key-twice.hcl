pool "fast" {
  driver = "zfs"
  volume "a" {
    for_each = { x = "1GiB", y = "2GiB", "x" = "3GiB" }
    name     = "a-${each.key}"
    config   = { size = each.value }
  }
}
#+ 4:     for_each = { x = "1GiB", y = "2GiB", z = "3GiB" }
#! 4:42-4:45 error: Duplicate key
#!     The object has a value for the key "x" at object-key-twice.hcl:4 already.
