pool "fast" {
  driver = "zfs"
  volume "data" {
    config = { "zfs.clone_copy" = true }
  }
}
#+ 4:
#+ 3:   config = { "zfs.clone_copy" = true }
#+ 3:   volume "data" {
#! 4:16-4:32 error: Unsupported config key
#!     There is no config key "zfs.clone_copy" of volumes with the driver zfs. It is a key of pools.
