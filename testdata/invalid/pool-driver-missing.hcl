pool "fast" {}
#+ 1: pool "fast" { existing = true }
#! 1:1-1:12 error: Missing driver
#!     A pool needs a driver, one of "alletra", "btrfs", "ceph", "cephfs", "cephobject", "dir", "linstor", "lvm", "lvmcluster", "powerflex", "powerstore", "pure", "truenas" and "zfs". A pool that somebody else looks after is declared with existing = true.
