pool "fast" {
  driver = "zfs"
  volume "data" {
    config = { "volatile.uuid" = "b4a3" }
  }
}
#+ 4:
#! 4:16-4:31 error: Config key of the server
#!     "volatile.uuid" is written by the server alone: take it out.
