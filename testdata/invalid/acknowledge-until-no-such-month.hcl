pool "fast" {
  driver = "dir"
  volume "data" {}
}
acknowledge "fast/data" {
  reason = "known"
  until  = "2026-13-01"
}
#+ 7:   until = "2026-12-01"
#! 7:12-7:24 error: Invalid date
#!     There is no day 2026-13-01: a year has the months 01 to 12.
