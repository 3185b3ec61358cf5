pool "fast" {
  driver = "zfs"
}

pool "quick" {
  name   = "fast"
  driver = "dir"
}
#+ 6:   name   = "quick"
#! 6:12-6:18 error: Duplicate pool
#!     pool.quick and pool.fast are both named "fast". The other one is declared at pool-duplicate-name.hcl:1.
