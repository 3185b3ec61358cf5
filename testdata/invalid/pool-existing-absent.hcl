pool "fast" {
  existing = true
  absent   = true
}
#+ 3:
#! 3:14-3:18 error: Contradictory attributes
#!     The pool cannot be existing and absent at once: existing says that it is somebody else's, absent that it shall be deleted.
