pool "fast" {
  driver = "zfs"
  volume "pg" { renamed_from = "old" }
  volume "db" { renamed_from = "fast/old" }
}
#+ 4:   volume "db" {}
#! 4:32-4:42 error: Renamed twice
#!     pool.fast.volume.db and pool.fast.volume.pg are both renamed from "fast/old", and only one of them can have its data. The other one is declared at rename-twice.hcl:3.
