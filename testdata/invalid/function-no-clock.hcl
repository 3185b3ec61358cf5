pool "fast" {
  driver = "zfs"
  volume "data" {
    description = timestamp()
  }
}
#+ 4:     description = "2026"
#! 4:19-4:28 error: Call to unknown function
#!     There is no function "timestamp". The same spec means the same each time: what changes comes from outside, as a variable.
