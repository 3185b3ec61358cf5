tarn { max_deletes = 1.5 }
#+ 1: tarn { max_deletes = 1 }
#! 1:22-1:25 error: Invalid number
#!     "max_deletes" must be a whole number, 0 or more. Leave it out for no limit.
