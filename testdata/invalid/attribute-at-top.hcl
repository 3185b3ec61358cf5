owner = "team"
pool "fast" {
  driver = "zfs"
}
#! 1:1-1:6 error: Unsupported attribute
#!     A spec consists of blocks ("tarn", "variable", "locals" and "pool"); "owner" outside of a block has no meaning.
