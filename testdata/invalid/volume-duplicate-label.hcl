pool "fast" {
  driver = "zfs"
  volume "data" {}
  volume "data" {}
}
#+ 4:
#! 4:3-4:16 error: Duplicate volume
#!     The pool "fast" declares the volume "data" at volume-duplicate-label.hcl:3 already.
