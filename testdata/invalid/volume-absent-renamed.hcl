pool "fast" {
  driver = "zfs"
  volume "data" {
    absent       = true
    renamed_from = "old"
  }
}
#+ 3:   volume "old" {
#+ 5:
#! 5:20-5:25 error: Contradictory attributes
#!     The volume cannot be absent and have renamed_from: what shall be gone needs no data from elsewhere. To delete the old volume, declare it absent under its old name.
