pool "fast" {
  driver = "dir"
  config = { "volume.security.unmapped" = true }
  volume "data" {
    config = { "security.shifted" = true }
  }
  volume "mine" {
    config = { "security.shifted" = true, "security.unmapped" = false }
  }
}

pool "slow" {
  driver = "btrfs"
  config = { "volume.security.unmapped" = true, "volume.security.shifted" = true }
}
#! 5:16-5:34 error: Contradictory config keys
#!     "security.shifted" and "security.unmapped" exclude each other, and the pool's "volume.security.unmapped" at config-excludes-inherited.hcl:3 gives the second to its volumes. A volume whose IDs are shifted cannot have them unmapped: keep one of the two.
#! 14:14-14:40 error: Contradictory config keys
#!     "volume.security.shifted" excludes "volume.security.unmapped". A volume whose IDs are shifted cannot have them unmapped: keep one of the two.
