pool "fast" {
  driver = "zfs"
  member "" {}
}
#+ 3:   member "n1" {}
#! 3:3-3:12 error: Invalid label
#!     The label of a member cannot be empty: it is how messages call the member.
