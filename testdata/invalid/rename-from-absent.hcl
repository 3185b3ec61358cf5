pool "fast" {
  driver = "zfs"
  volume "pg" { renamed_from = "db" }
  volume "db" { absent = true }
}
#+ 4:
#! 3:32-3:36 error: Contradictory rename
#!     pool.fast.volume.pg is renamed from "db", which pool.fast.volume.db at rename-from-absent.hcl:4 declares absent. After the rename nothing is left to delete: take that block out.
