pool "main" =
  driver = "btrfs"
  config = ( size = "1GiB" }
  volume "a" }
  volume "b" , description = "x" }
}
#+ 1: pool "main" {
#+ 3:   config = { size = "1GiB" }
#+ 4:   volume "a" {}
#+ 5:   volume "b" { description = "x" }
#! 1:13-1:14 error: Missing opening brace
#!     A pool block has an opening brace here, and not "=". Write:
#!
#!     pool "main" {
#!
#!     The same is on lines 3, 4 and 5.
