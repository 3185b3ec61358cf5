pool "fast" {
  driver = "zfs"
  volume "data" {
    for_each    = toset(["pg"])
    name        = each.key
    description = each.val
  }
}
#+ 6:     description = each.value
#! 6:19-6:27 error: Unknown reference
#!     There are each.key and each.value, and nothing else of each.
