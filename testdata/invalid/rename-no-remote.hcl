pool "fast" {
  driver = "zfs"
  volume "data" {
    renamed_from = ":slow/data"
  }
}
#+ 4:     renamed_from = "prod:slow/data"
#! 4:20-4:32 error: Invalid renamed_from
#!     ":slow/data" does not name a volume: there is nothing before the colon, where the remote stands. Write "name" for a volume of the same pool, "pool/name" or "remote:pool/name"; an object { name = …, pool = …, project = … } for another project, or a name with a colon.
