pool "fast" {
  driver = "zfs"
  volume "data" {
    prevent_delete = yes
  }
}
#+ 4:     prevent_delete = true
#! 4:22-4:25 error: Unknown reference
#!     There is nothing named "yes". Write true.
