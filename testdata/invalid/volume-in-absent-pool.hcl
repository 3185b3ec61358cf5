pool "fast" {
  absent = true
  volume "data" {}
  volume "gone" { absent = true }
}
#+ 3:   volume "data" { absent = true }
#! 3:3-3:16 error: Volume in an absent pool
#!     The pool "fast" is absent, so it cannot hold the volume "data". Move the block to another pool with renamed_from to keep the data, or set absent = true here, too.
