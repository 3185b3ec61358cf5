pool "fast" {
  driver = "zfs"
  volume "data" {
    prevent_delete = "yes"
  }
}
#+ 4:     prevent_delete = true
#! 4:22-4:27 error: Wrong type
#!     "prevent_delete" must be true or false, and this is text. Write prevent_delete = true.
