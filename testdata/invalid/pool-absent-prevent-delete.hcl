pool "fast" {
  absent         = true
  prevent_delete = true
}
#+ 3:
#! 3:20-3:24 error: Contradictory attributes
#!     The pool cannot be absent and have prevent_delete. To delete it, take prevent_delete out, apply, and then set absent.
