variable "why" {
  type      = string
  default   = "known"
  sensitive = true
}
pool "fast" {
  driver = "dir"
  volume "data" {}
}
acknowledge "fast/data" { reason = var.why }
#+ 10: acknowledge "fast/data" { reason = "known" }
#! 10:36-10:43 error: Sensitive value
#!     "reason" would be shown in plans, so it cannot come from a sensitive variable. Only the values of config can.
