pool "fast" {
  driver = "zfs"
  volume "data" {
    for_each = { for n in range(1e9) : n => n }
    name     = each.key
  }
}
#+ 4:     for_each = { for n in range(9) : n => n }
#! 4:27-4:33 error: Error in function call
#!     The call of range fails: it would give more than 100000 numbers.
