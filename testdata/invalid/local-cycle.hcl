locals {
  a = local.b
  b = local.c
  c = "${local.a}!"
}
#+ 4:   c = "x!"
#! 2:3-2:4 error: Cycle of local values
#!     Local values cannot depend on themselves: a uses b uses c uses a.
