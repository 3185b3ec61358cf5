pool "fast" {
  driver = ""
}
#+ 2:   driver = "dir"
#! 2:12-2:14 error: Missing driver
#!     A pool needs a driver, one of "alletra", "btrfs", "ceph", "cephfs", "cephobject", "dir", "linstor", "lvm", "lvmcluster", "powerflex", "powerstore", "pure", "truenas" and "zfs". A pool that somebody else looks after is declared with existing = true.
