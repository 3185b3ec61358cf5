pool "main" {
  driver = "btrfs"
  volume "a" {
    config = { size = "1GiB" }
  ,
}

pool "other" { driver = "dir" }
#+ 5:   }
#! 5:3-5:4 error: Missing closing brace
#!     A closing brace belongs here, and not ",". Write:
#!
#!     }
