pool "fast" {
  driver = "zfs" /* mirrored
}
#+ 2:   driver = "zfs" /* mirrored */
#! 2:3-2:29 error: Comment without an end
#!     The comment that begins here with /* goes on to the end of the file: it ends at */.
