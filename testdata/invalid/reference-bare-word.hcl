pool "fast" {
  driver = "zfs"
  volume "data" {
    description = postgres
  }
}
#+ 4:     description = "postgres"
#! 4:19-4:27 error: Unknown reference
#!     There is nothing named "postgres". Text is written in quotes, "postgres"; a variable is var.NAME, a local value local.NAME.
