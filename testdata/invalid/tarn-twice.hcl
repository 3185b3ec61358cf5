tarn { owner = "a" }
tarn { owner = "b" }
#+ 2:
#! 2:1-2:5 error: Duplicate tarn block
#!     A spec has at most one tarn block, over all its files; the other one is at tarn-twice.hcl:1.
