pool "" {
  driver = "zfs"
}
#+ 1: pool "fast" {
#! 1:1-1:8 error: Invalid label
#!     The label of a pool cannot be empty: it is how messages and --only call the pool.
