locals {
  a = uppercase("x")
  b = timestamp()
  c = templatefile("a.tpl", {})
  d = len("x")
  e = uper("x")
  f = cidrhost("10.0.0.0/8", 1)
}
#+ 2:   a = upper("x")
#+ 3:   b = "2026"
#+ 4:   c = ""
#+ 5:   d = length("x")
#+ 6:   e = upper("x")
#+ 7:   f = ""
#! 2:7-2:16 error: Call to unknown function
#!     There is no function "uppercase". Write upper(…).
#! 3:7-3:16 error: Call to unknown function
#!     There is no function "timestamp". The same spec means the same each time: what changes comes from outside, as a variable.
#! 4:7-4:19 error: Call to unknown function
#!     There is no function "templatefile". A text of several lines with ${…} in it is written as <<EOT … EOT.
#! 5:7-5:10 error: Call to unknown function
#!     There is no function "len". Write length(…).
#! 6:7-6:11 error: Call to unknown function
#!     There is no function "uper". Did you mean "upper"?
#! 7:7-7:15 error: Call to unknown function
#!     There is no function "cidrhost". "tarn help spec" lists them all.
