pool "fast" {
  driver = "zfs"
  member "n1" {}
  member "n1" {}
}
#+ 4:
#! 4:3-4:14 error: Duplicate member
#!     The pool "fast" has a block for member "n1" at member-duplicate.hcl:3 already.
