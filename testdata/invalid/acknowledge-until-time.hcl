pool "fast" {
  driver = "dir"
  volume "data" {}
}
acknowledge "fast/data" {
  reason = "known"
  until  = "2026-12-31T18:00:00+01:00"
}
#+ 7:   until = "2026-12-31"
#! 7:12-7:39 error: Invalid date
#!     A date is written with the year, the month and the day: until = "2026-12-31".
