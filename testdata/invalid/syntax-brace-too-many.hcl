pool "fast" {
  driver = "zfs"
}
}
#+ 4:
#! 4:1-4:2 error: Closing bracket too many
#!     Nothing is open that this "}" could close: take it out, or look for one too many above.
