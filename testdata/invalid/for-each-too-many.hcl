pool "fast" {
  driver = "zfs"
  volume "data" {
    for_each = toset([for p in setproduct(range(1024), range(977)) : "${p[0]}-${p[1]}"])
    name     = each.key
  }
}
#+ 4:     for_each = toset([for p in setproduct(range(4), range(7)) : "${p[0]}-${p[1]}"])
#! 4:32-4:43 error: Error in function call
#!     The call of setproduct fails: it would give more than 200000 elements.
