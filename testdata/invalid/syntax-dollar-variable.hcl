#: env NOTE=x
pool "fast" {
  driver      = "zfs"
  description = $NOTE
}
#+ 4:   description = env("NOTE")
#! 4:17-4:22 error: Wrong reference
#!     A variable is var.NAME, and a variable of the environment env("NAME"). Write:
#!
#!     description = env("NOTE")
