pool "fast" {
  driver = "zfs"
  config = { "snapshots.schedule" = "@daily" }
}
#+ 3:   config = { "volume.snapshots.schedule" = "@daily" }
#! 3:14-3:34 error: Unsupported config key
#!     There is no config key "snapshots.schedule" of pools with the driver zfs. It is a key of volumes; a pool gives its volumes a default with "volume.snapshots.schedule".
