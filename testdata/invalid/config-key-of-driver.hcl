pool "fast" {
  driver = "zfs"
  volume "data" {
    config = { "lvm.stripes" = 2 }
  }
}
#+ 4:
#! 4:16-4:29 error: Unsupported config key
#!     There is no config key "lvm.stripes" of volumes with the driver zfs. It is a key of the drivers "lvm" and "lvmcluster".
