pool "fast" {
  existing       = true
  absent         = true
  prevent_delete = true
  description    = "somebody else's"
}
#+ 2:   driver         = "zfs"
#+ 3:
#! 3:20-3:24 error: Contradictory attributes
#!     The pool cannot be existing and absent at once: existing says that it is somebody else's, absent that it shall be deleted.
#! 4:20-4:24 error: Contradictory attributes
#!     An existing pool cannot have "prevent_delete": tarn never changes an existing pool. Take it out, or take existing out to manage the pool.
#! 5:20-5:37 error: Contradictory attributes
#!     An existing pool cannot have "description": tarn never changes an existing pool. Take it out, or take existing out to manage the pool.
