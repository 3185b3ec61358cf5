pool "fast" {
  driver = "zfs"
  volume "data" {
    description = upper("a", "b")
  }
}
#+ 4:     description = upper("a")
#! 4:31-4:32 error: Too many function arguments
#!     upper takes 1 argument, upper(text), and here are 2.
