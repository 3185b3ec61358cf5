pool "fast" {
  driver = "zfs"
  volume "data" {
    renamed_from = "slow/data/snap0"
  }
}
#+ 4:     renamed_from = "slow/data"
#! 4:20-4:37 error: Invalid renamed_from
#!     "slow/data/snap0" does not name a volume: it has more than one slash; a snapshot cannot be renamed to a volume. Write "name" for a volume of the same pool, "pool/name" or "remote:pool/name"; an object { name = …, pool = …, project = … } for another project, or a name with a colon.
