pool "fast" {
  driver = "dir"
  volume "data" {}
}
acknowledge "fast/data" {
  reason = "known"
  until  = 2026-12-31
}
#+ 7:   until = "2026-12-31"
#! 7:12-7:22 error: Invalid date
#!     This is the number 1983. A date is text, in quotes, for without these it is a subtraction: until = "2026-12-31".
