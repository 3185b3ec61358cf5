pool "fast" {
  driver = "zfs"
  volume "data" {
    renamed_from = ""
  }
}
#+ 4:     renamed_from = "old"
#! 4:20-4:22 error: Invalid renamed_from
#!     "" does not name a volume: the name of the volume is missing. Write "name" for a volume of the same pool, "pool/name" or "remote:pool/name"; an object { name = …, pool = …, project = … } for another project, or a name with a colon.
