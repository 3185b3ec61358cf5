pool "default" {
  existing = true
  volume "data" {
    config = { "zfs.blocksize" = "3KiB", colour = "red" }
  }
}
#+ 4:     config = { "zfs.blocksize" = "4KiB", "user.colour" = "red" }
#! 4:34-4:40 error: Invalid config value
#!     The value of "zfs.blocksize" is wrong: "3KiB" is not a block size: write a power of two from 512 to 16MiB.
#! 4:42-4:48 error: Unsupported config key
#!     There is no config key "colour" of volumes. Keys of your own start with "user.".
