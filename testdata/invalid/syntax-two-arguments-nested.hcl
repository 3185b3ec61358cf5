pool "fast" {
  driver = "zfs"
  volume "logs" { description = "x", config = { size = "1GiB" } }
}
#+ 3:   volume "logs" {
#+ 3:     description = "x"
#+ 3:     config = { size = "1GiB" }
#+ 3:   }
#! 3:36-3:37 error: Several attributes on a line
#!     Each attribute and each block has a line of its own. Write:
#!
#!     volume "logs" {
#!     description = "x"
#!     config = { size = "1GiB" }
#!     }
