pool "fast" {
  driver = "zfs" description = "x"
}
#+ 2:   driver = "zfs"
#+ 2:   description = "x"
#! 2:18-2:29 error: Several attributes on a line
#!     Each attribute and each block has a line of its own. Write:
#!
#!     driver = "zfs"
#!     description = "x"
