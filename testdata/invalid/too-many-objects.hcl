locals { numbers = concat(range(100000), range(100000)) }
pool "fast" {
  driver = "zfs"
  volume "data" {
    for_each = { for i, n in local.numbers : "${i}" => n }
    name     = "data-${each.key}"
  }
}
#+ 1: locals { numbers = range(10) }
#! 5:16-5:59 error: Too many objects
#!     The spec declares more than 200000 pools and volumes. This is most likely a for_each over more than was meant.
