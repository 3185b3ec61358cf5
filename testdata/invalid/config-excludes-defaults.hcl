# What the pool gives new volumes excludes itself. What a volume has of its own may exclude it: the plan knows which volumes are new.
pool "slow" {
  driver = "btrfs"
  config = { "volume.security.unmapped" = true, "volume.security.shifted" = true }
}

pool "fast" {
  driver = "dir"
  config = { "volume.security.unmapped" = true }
  volume "data" {
    config = { "security.shifted" = true }
  }
}
#+ 4:   config = { "volume.security.shifted" = true }
#! 4:14-4:40 error: Contradictory config keys
#!     "volume.security.shifted" excludes "volume.security.unmapped". A volume whose IDs are shifted cannot have them unmapped: keep one of the two.
