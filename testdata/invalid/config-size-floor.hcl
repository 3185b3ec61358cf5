pool "loop" {
  driver = "btrfs"
  config = { size = "100MiB", "volume.size" = "10" }
  volume "a" { config = { size = 512 } }
  volume "b" { config = { size = "2kB" } }
  volume "none" { config = { size = 0 } }
  volume "fine" { config = { size = "32KiB" } }
  volume "block" {
    content_type = "block"
    config       = { size = "2kB" }
  }
}
pool "device" {
  driver = "btrfs"
  config = { source = "/dev/sdb", size = "100MiB" }
}
pool "tank" {
  driver = "zfs"
  config = { size = "32MiB" }
  volume "small" { config = { size = "2kB" } }
  volume "xfs" { config = { size = "10MiB", "zfs.block_mode" = true, "block.filesystem" = "xfs" } }
}
pool "vg" {
  driver = "lvm"
  volume "ext4" { config = { size = "1MiB" } }
  volume "btrfs" { config = { size = "64MiB", "block.filesystem" = "btrfs" } }
}
pool "members" {
  driver = "btrfs"
  member "n1" { config = { size = "64MiB" } }
}
#+ 3:   config = { size = "109MiB", "volume.size" = "32KiB" }
#+ 4:   volume "a" { config = { size = "32KiB" } }
#+ 5:   volume "b" { config = { size = "32KiB" } }
#+ 19:   config = { size = "64MiB" }
#+ 21:   volume "xfs" { config = { size = "16MiB", "zfs.block_mode" = true, "block.filesystem" = "xfs" } }
#+ 26:   volume "btrfs" { config = { size = "109MiB", "block.filesystem" = "btrfs" } }
#+ 30:   member "n1" { config = { size = "109MiB" } }
#! 3:21-3:29 error: Size too small
#!     The size "100MiB" is less than a btrfs file system takes: write 109MiB or more.
#! 3:47-3:51 error: Size too small
#!     The size "10" is less than an empty volume of a btrfs pool takes: write 32KiB or more.
#! 4:34-4:37 error: Size too small
#!     The size "512" is less than an empty volume of a btrfs pool takes: write 32KiB or more.
#! 5:34-5:39 error: Size too small
#!     The size "2kB" is less than an empty volume of a btrfs pool takes: write 32KiB or more.
#! 19:21-19:28 error: Size too small
#!     The size "32MiB" is less than a zpool takes: write 64MiB or more.
#! 21:36-21:43 error: Size too small
#!     The size "10MiB" is less than an xfs file system takes: write 16MiB or more.
#! 26:38-26:45 error: Size too small
#!     The size "64MiB" is less than a btrfs file system takes: write 109MiB or more.
#! 30:35-30:42 error: Size too small
#!     The size "64MiB" is less than a btrfs file system takes: write 109MiB or more.
