pool "fast" { driver = "zfs" config = {} }
#+ 1: pool "fast" {
#+ 1:   driver = "zfs"
#+ 1:   config = {}
#+ 1: }
#! 1:30-1:36 error: Several attributes on a line
#!     Each attribute and each block has a line of its own. Write:
#!
#!     pool "fast" {
#!     driver = "zfs"
#!     config = {}
#!     }
