pool "fast" {
  driver      = "zfs"
  description = "C:\pools\new, \\share"
}
#+ 3:   description = "C:\\pools\\new, \\\\share"
#! 3:20-3:22 error: Backslash in text
#!     A backslash in quotes begins \n, \t, \", \\ or \uNNNN. Write:
#!
#!     description = "C:\\pools\\new, \\\\share"
