pool "fast" {
  for_each = { for n in range(201) : format("%03d", n) => n }
  name     = "fast-${each.key}"
  driver   = "zfs"
  volume "data" {
    for_each = { for n in range(1000) : format("%03d", n) => n }
    name     = "data-${each.key}"
  }
}
#! 6:16-6:65 error: Too many objects
#!     The spec declares more than 200000 pools and volumes. This is most likely a for_each over more than was meant.
