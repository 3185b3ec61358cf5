tarn { remote = "prod:" }
#+ 1: tarn { remote = "prod" }
#! 1:17-1:24 error: Invalid remote
#!     A remote is given by its name alone: write "prod", without the colon.
