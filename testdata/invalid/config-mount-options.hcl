# The server would create the pool's file, fail to mount it, and leave the file.
pool "fast" {
  driver = "btrfs"
  config = { "btrfs.mount_options" = "noatime, compress=zstd", "volume.size" = "1GiB" }
}

pool "faster" {
  driver = "btrfs"
  config = { "btrfs.mount_options" = "compress=zst" }
  volume "data" { config = { "btrfs.compression" = "gzip" } }
}
#+ 4:   config = { "btrfs.mount_options" = "noatime,compress=zstd", "volume.size" = "1GiB" }
#+ 9:   config = { "btrfs.mount_options" = "compress=zstd" }
#+ 10:   volume "data" { config = { "btrfs.compression" = "zlib" } }
#! 4:38-4:62 error: Invalid config value
#!     The value of "btrfs.mount_options" is wrong: "noatime, compress=zstd" has white space: write options with a comma between two and nothing else.
#! 9:38-9:52 error: Invalid config value
#!     The value of "btrfs.mount_options" is wrong: "zst" is no compression: write lzo, no, zlib or zstd.
#! 10:52-10:58 error: Invalid config value
#!     The value of "btrfs.compression" is wrong: "gzip" is not known: write lzo, no, none, zlib or zstd, with a level if need be, such as zstd:3.
