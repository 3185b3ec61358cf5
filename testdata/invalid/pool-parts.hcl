pool "fast" {
  volume "before" {}
}
pool "fast" {
  driver = "dir"
  volume "data" {}
}
pool "fast" {
  volume "data" {}
  volume "more" {}
}
pool "fast" {
  exclusive = true
  volume "lost" {}
}
pool "fats" {
  volume "data" {}
}
pool "other" {
  volume "data" {}
}
pool "other" {}
pool "same" {
  name   = "fast"
  driver = "dir"
}
#+ 9:
#+ 13:
#+ 16: pool "fast" {
#+ 17:   volume "data2" {}
#+ 22: pool "other" { existing = true }
#+ 24:   name   = "same"
#! 9:3-9:16 error: Duplicate volume
#!     The pool "fast" declares the volume "data" at pool-parts.hcl:6 already.
#! 12:1-12:12 error: Duplicate pool
#!     The pool "fast" is declared at pool-parts.hcl:4 already. Other blocks may add volumes to it and set nothing else.
#! 16:1-16:12 error: Missing driver
#!     The pool "fats" only has volumes here, and no block says what it is. Did you mean the pool "fast"? It needs a driver, one of "alletra", "btrfs", "ceph", "cephfs", "cephobject", "dir", "linstor", "lvm", "lvmcluster", "powerflex", "powerstore", "pure", "truenas" and "zfs", or existing = true when somebody else looks after it.
#! 19:1-19:13 error: Missing driver
#!     The pool "other" only has volumes here, and no block says what it is. It needs a driver, one of "alletra", "btrfs", "ceph", "cephfs", "cephobject", "dir", "linstor", "lvm", "lvmcluster", "powerflex", "powerstore", "pure", "truenas" and "zfs", or existing = true when somebody else looks after it.
#! 24:12-24:18 error: Duplicate pool
#!     pool.same and pool.fast are both named "fast". The other one is declared at pool-parts.hcl:4.
