pool "fast" {
  driver = "zfs"
  volume "data" {
    source = "slow/pg"
  }
}
#+ 4:     copy_of = "slow/pg"
#! 4:5-4:11 error: Unsupported attribute
#!     A volume block has no "source". For a volume that begins as a copy of another one, write copy_of = "pool/name".
