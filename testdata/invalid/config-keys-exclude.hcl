pool "vg" {
  driver = "lvm"
  config = { "lvm.use_thinpool" = "no", "lvm.thinpool_name" = "thin", "lvm.thinpool_metadata_size" = "1GiB" }
  volume "data" { config = { "security.shifted" = true, "security.unmapped" = "on" } }
  volume "logs" { config = { "security.shifted" = true, "security.unmapped" = "off" } }
  volume "more" { config = { "security.shifted" = "maybe", "security.unmapped" = true } }
}
#+ 3:   config = { "lvm.use_thinpool" = "no" }
#+ 4:   volume "data" { config = { "security.shifted" = true } }
#+ 6:   volume "more" { config = { "security.shifted" = "false", "security.unmapped" = true } }
#! 3:41-3:60 error: Contradictory config keys
#!     "lvm.use_thinpool" excludes "lvm.thinpool_name". Without a thin pool there is no name for one: take it out.
#! 3:71-3:99 error: Contradictory config keys
#!     "lvm.use_thinpool" excludes "lvm.thinpool_metadata_size". Without a thin pool it has no metadata: take it out.
#! 4:57-4:76 error: Contradictory config keys
#!     "security.shifted" excludes "security.unmapped". A volume whose IDs are shifted cannot have them unmapped: keep one of the two.
#! 6:51-6:58 error: Invalid config value
#!     The value of "security.shifted" is wrong: "maybe" is not a boolean: write true or false.
