-- the fast disks
pool "fast" {
  driver = "zfs"
}
#+ 1: # the fast disks
#! 1:1-1:18 error: Wrong comment
#!     Comments begin with # or //. Write:
#!
#!     # the fast disks
