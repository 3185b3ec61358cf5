pool "fast" {
  driver = "zfs"
  volume "pg" { renamed_from = "db" }
  volume "db" {}
}
#! 3:32-3:36 error: Contradictory rename
#!     pool.fast.volume.pg is renamed from "db", which pool.fast.volume.db at rename-from-kept.hcl:4 declares as a volume to keep. Take out renamed_from when the rename is done, or else that block.
