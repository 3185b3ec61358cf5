pool "fast" {
  driver = "dir"
  volume "data" {}
}
acknowledge "" {
  reason = "known"
}
#+ 5: acknowledge "fast/pgdata" {
#! 5:1-5:15 error: Invalid label
#!     The label of an acknowledge block is the address of a pool or a volume, such as "fast/pgdata", and is empty.
