pool "fast" {
  driver = "dir"
  config = { driver = "dir", size = "10GiB", "User.team" = "x" }
  volume "a" { config = { description = "text" } }
  volume "b" { config = { path = "/srv" } }
  volume "c" { config = { source = "fast/a" } }
  volume "d" { config = { "volume.size" = "1GiB" } }
}
#+ 3:   config = { "user.team" = "x" }
#+ 4:   volume "a" { description = "text" }
#+ 5:   volume "b" {}
#+ 6:   volume "c" { copy_of = "fast/a" }
#+ 7:   volume "d" { config = { size = "1GiB" } }
#! 3:14-3:20 error: Unsupported config key
#!     There is no config key "driver" of pools with the driver dir. It is an attribute of the pool block: move it out of config.
#! 3:30-3:34 error: Unsupported config key
#!     There is no config key "size" of pools with the driver dir. It is a key of the drivers "btrfs", "lvm", "lvmcluster", "pure" and "zfs". A dir pool is a folder, and as large as the file system that the folder is in.
#! 3:46-3:57 error: Unsupported config key
#!     There is no config key "User.team" of pools with the driver dir. Did you mean "user.team"?
#! 4:27-4:38 error: Unsupported config key
#!     There is no config key "description" of volumes with the driver dir. It is an attribute of the volume block: move it out of config.
#! 5:27-5:31 error: Unsupported config key
#!     There is no config key "path" of volumes with the driver dir. What uses a volume is not tarn's: lxc storage volume attach gives it to an instance.
#! 6:27-6:33 error: Unsupported config key
#!     There is no config key "source" of volumes with the driver dir. It is a key of pools. For a volume that begins as a copy of another one, write copy_of = "pool/name".
#! 7:27-7:40 error: Unsupported config key
#!     There is no config key "volume.size" of volumes with the driver dir. That is how a pool writes defaults for its volumes. In a volume it is "size".
