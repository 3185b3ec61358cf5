pool "fast" { volume "a" {} }
#+ 1: pool "fast" {
#+ 1:   driver = "zfs"
#+ 1:   volume "a" {}
#+ 1: }
#! 1:15-1:23 error: Block within a line
#!     A block in another block has a line of its own. Write:
#!
#!     pool "fast" {
#!     volume "a" {}
#!     }
