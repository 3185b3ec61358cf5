pool "fast" {
  driver = "zfs"
  volume "a" {
    foreach = toset(["x", "y"])
    name    = "a-${each.key}"
  }
  volume "b" {
    for_each = toset(["x"])
    name     = "b-${key}"
  }
}
#+ 4:     for_each = toset(["x", "y"])
#+ 9:     name     = "b-${each.key}"
#! 4:5-4:12 error: Unsupported attribute
#!     A volume block has no attribute "foreach". Did you mean "for_each"?
#! 9:21-9:24 error: Unknown reference
#!     There is nothing named "key". Of a block with for_each it is each.key.
