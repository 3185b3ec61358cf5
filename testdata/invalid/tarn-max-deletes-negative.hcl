tarn { max_deletes = -1 }
#+ 1: tarn {}
#! 1:22-1:24 error: Invalid number
#!     "max_deletes" must be a whole number, 0 or more. Leave it out for no limit.
