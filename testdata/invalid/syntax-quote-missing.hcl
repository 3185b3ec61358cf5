pool "fast" {
  driver = "zfs
  volume "logs" {
    config = { size = "1GiB" }
  }
}
#+ 2:   driver = "zfs"
#! 2:12-2:16 error: Missing quote
#!     The quotes on this line do not pair up: one is missing. A text ends on its line. Write:
#!
#!     driver = "zfs"
