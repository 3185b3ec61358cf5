pool "fast" {
  driver = "zfs"
  volume "data" {
    renamed_from = "/old"
  }
}
#+ 4:     renamed_from = "old"
#! 4:20-4:26 error: Invalid renamed_from
#!     "/old" does not name a volume: there is nothing before the slash, where the pool stands. Write "name" for a volume of the same pool, "pool/name" or "remote:pool/name"; an object { name = …, pool = …, project = … } for another project, or a name with a colon.
