pool "fast" {
  driver = "dir"
  volume "data" {}
}
acknowledge "fast/data" {
  reason = "known"
  until  = "2026-02-29"
}
#+ 7:   until = "2026-02-28"
#! 7:12-7:24 error: Invalid date
#!     There is no day 2026-02-29: February 2026 has the days 01 to 28.
