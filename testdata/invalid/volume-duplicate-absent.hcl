pool "fast" {
  driver = "zfs"
  volume "data" {}
  volume "old" {
    name   = "data"
    absent = true
  }
}
#+ 3:
#! 5:14-5:20 error: Duplicate volume
#!     pool.fast.volume.old and pool.fast.volume.data are both the volume "data" of pool "fast". The other one is declared at volume-duplicate-absent.hcl:3.
