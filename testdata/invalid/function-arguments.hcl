pool "fast" {
  driver = "zfs"
  volume "data" {
    description = upper("a", "b")
  }
}
#! 4:31-4:32 error: Too many function arguments
#!     Function "upper" expects only 1 argument(s).
