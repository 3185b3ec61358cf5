pool "fast" {
  driver = "dir"
  volume "data" {}
}
acknowledge "pool.attic" {
  reason = "known"
}
#+ 5: acknowledge "fast/pgdata" {
#! 5:1-5:25 error: Nothing has that address
#!     No block of the spec has the address "pool.attic". What is no longer declared is named as plans print it: "fast/pgdata".
