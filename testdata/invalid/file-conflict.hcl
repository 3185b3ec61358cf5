pool "fast" {
<<<<<<< HEAD
  driver = "zfs"
=======
  driver = "btrfs"
>>>>>>> feature
}
#+ 2:
#+ 4:
#+ 5:
#+ 6:
#! 2:1-2:13 error: Unresolved merge conflict
#!     A merge left both versions of these lines here. Keep one, and take out the lines that begin with <<<<<<<, ======= and >>>>>>>.
