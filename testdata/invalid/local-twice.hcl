locals { a = 1 }
locals { a = 2 }
#+ 2:
#! 2:10-2:11 error: Duplicate local value
#!     The local value "a" is declared at local-twice.hcl:1 already.
