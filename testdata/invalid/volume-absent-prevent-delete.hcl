pool "fast" {
  driver = "zfs"
  volume "data" {
    absent         = true
    prevent_delete = true
  }
}
#+ 5:
#! 5:22-5:26 error: Contradictory attributes
#!     The volume cannot be absent and have prevent_delete. To delete it, take prevent_delete out, apply, and then set absent.
