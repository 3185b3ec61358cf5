pool "fast" {
  driver = "dir"
  volume "data" {}
}
acknowledge "fast/data" {
  reason = "known"
  until  = "next week"
}
#+ 7:   until = "2026-12-31"
#! 7:12-7:23 error: Invalid date
#!     "next week" is not a date. Write the year, the month and the day, such as until = "2026-12-31", or leave it out for no end.
