pool "fast" {
  driver = "zfs"
  volume "data" {
    renamed_from = "fast/data"
  }
}
#+ 4:
#! 4:20-4:31 error: Renamed from itself
#!     The volume "data" in pool "fast" is called so already: renamed_from says what it was called before. To bring it to another cluster member, say target, too.
