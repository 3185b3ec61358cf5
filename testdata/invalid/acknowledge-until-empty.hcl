pool "fast" {
  driver = "dir"
  volume "data" {}
}
acknowledge "fast/data" {
  reason = "known"
  until  = ""
}
#+ 7:
#! 7:12-7:14 error: Invalid date
#!     "" is not a date. Write the year, the month and the day, such as until = "2026-12-31", or leave it out for no end.
