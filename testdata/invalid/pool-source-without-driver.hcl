pool "files" {
  drvier = "cephfs"
  config = { source = "fs/one" }
}
pool "more" {
  config = { source = "zp" }
}
#+ 2:   driver = "cephfs"
#+ 5: pool "more" {
#+ 5:   driver = "zfs"
#! 2:3-2:9 error: Unsupported attribute
#!     A pool block has no attribute "drvier". Did you mean "driver"?
#! 5:1-5:12 error: Missing driver
#!     A pool needs a driver, one of "alletra", "btrfs", "ceph", "cephfs", "cephobject", "dir", "linstor", "lvm", "lvmcluster", "powerflex", "powerstore", "pure", "truenas" and "zfs". A pool that somebody else looks after is declared with existing = true.
