pool "fast" {
  driver = "zfs"
  volume "data" {
    renamed_from = "slow/"
  }
}
#+ 4:     renamed_from = "slow/data"
#! 4:20-4:27 error: Invalid renamed_from
#!     "slow/" does not name a volume: the name of the volume is missing. Write "name" for a volume of the same pool, "pool/name" or "remote:pool/name"; an object { name = …, pool = …, project = … } for another project, or a name with a colon.
