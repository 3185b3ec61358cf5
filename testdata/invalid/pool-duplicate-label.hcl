pool "fast" {
  driver = "zfs"
}

pool "fast" {
  driver = "dir"
}
#+ 6:   volume "data" {}
#! 5:1-5:12 error: Duplicate pool
#!     The pool "fast" is declared at pool-duplicate-label.hcl:1 already. Other blocks may add volumes to it and set nothing else.
