pool "fast" {
  driver = "zfs"
  member "" {}
}
#! 3:3-3:12 error: Invalid label
#!     The label of a member block is the name of a cluster member and cannot be empty.
