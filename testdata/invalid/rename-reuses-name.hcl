pool "fast" {
  driver = "zfs"
  volume "pg" { renamed_from = "db" }
  volume "db" {}
}
#+ 3:   volume "pg" {}
#! 3:32-3:36 warning: Old name is used anew
#!     pool.fast.volume.pg is renamed from "db", and pool.fast.volume.db at rename-reuses-name.hcl:4 declares a new volume of that name. Take out renamed_from when the rename is done: where "pg" is missing, the new volume would be renamed too.
