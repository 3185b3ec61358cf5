pool "fast" {
  driver = "zfs"
  volume "data" {}
  volume "other" { name = "data" }
}
#+ 4:   volume "other" {}
#! 4:27-4:33 error: Duplicate volume
#!     pool.fast.volume.other and pool.fast.volume.data are both the volume "data" of pool "fast". The other one is declared at volume-duplicate-name.hcl:3.
