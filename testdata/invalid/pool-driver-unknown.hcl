pool "fast" {
  driver = "bcachefs"
  config = { anything = "goes" }
}
#+ 2:   driver = "zfs"
#+ 3:   config = { source = "tank/lxd" }
#! 2:12-2:22 warning: Unknown driver
#!     tarn knows no driver "bcachefs", only "alletra", "btrfs", "ceph", "cephfs", "cephobject", "dir", "linstor", "lvm", "lvmcluster", "powerflex", "powerstore", "pure", "truenas" and "zfs". The config keys of this pool and its volumes are not checked.
