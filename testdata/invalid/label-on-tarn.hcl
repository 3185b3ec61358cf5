tarn "prod" {}
#+ 1: tarn {}
#! 1:6-1:12 error: Extraneous label
#!     A tarn block has no label.
