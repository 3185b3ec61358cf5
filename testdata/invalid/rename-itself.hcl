pool "fast" {
  driver = "zfs"
  volume "data" {
    renamed_from = "data"
  }
}
#+ 4:     renamed_from = "data"
#+ 4:     target       = "n1"
#! 4:20-4:26 error: Renamed from itself
#!     The volume "data" in pool "fast" is called so already: renamed_from says what it was called before. To bring it to another cluster member, say target, too.
