locals { a = [local.a] }
#+ 1: locals { a = [] }
#! 1:10-1:11 error: Cycle of local values
#!     Local values cannot depend on themselves: a uses a.
