pool "fast" {
  driver = "zfs"
  volume "data" {
    config = { size = "1GiB" }

  volume "logs" {}
}

pool "slow" {
  driver = "dir"
}
#+ 4:     config = { size = "1GiB" }
#+ 4:   }
#! 3:3-3:18 error: Missing closing brace
#!     The block volume "data" begins here and has no "}". It is most likely missing after line 4.
