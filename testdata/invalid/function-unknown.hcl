pool "fast" {
  driver = "zfs"
  volume "data" {
    description = uper("a")
  }
}
#+ 4:     description = upper("a")
#! 4:19-4:23 error: Call to unknown function
#!     There is no function "uper". Did you mean "upper"?
