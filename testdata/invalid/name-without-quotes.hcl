pool "fast" {
  driver = "zfs"
  volume "data" {
    name = pgdata
  }
}
#+ 4:     name = "pgdata"
#! 4:12-4:18 error: Unknown reference
#!     There is nothing named "pgdata". Text is written in quotes, "pgdata"; a variable is var.NAME, a local value local.NAME.
