tarn { max_deletes = "many" }
#+ 1: tarn { max_deletes = 5 }
#! 1:22-1:28 error: Wrong type
#!     "max_deletes" must be a number, and this is text.
