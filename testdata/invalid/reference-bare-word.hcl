pool "fast" {
  driver = "zfs"
  volume "data" {
    description = postgres
  }
}
#! 4:19-4:27 error: Unknown reference
#!     There is nothing named "postgres". Variables are var.NAME, local values are local.NAME, and text is written in quotes.
