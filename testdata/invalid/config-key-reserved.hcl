pool "fast" {
  driver = "zfs"
  volume "data" {
    config = { "user.tarn.owner" = "me" }
  }
}
#+ 4:     prevent_delete = true
#! 4:16-4:33 error: Reserved config key
#!     "user.tarn.owner" is written by tarn itself: the owner in the tarn block and prevent_delete are what decides on it.
