pool "fast" { driver = "zfs"
  volume "logs" {
    description = "x" }
}
#+ 1: pool "fast" {
#+ 1:   driver = "zfs"
#+ 3:     description = "x"
#+ 3:   }
#! 1:13-1:14 error: Block over several lines
#!     The attributes of a block over several lines begin on the line after its opening brace. Write:
#!
#!     pool "fast" {
#!     driver = "zfs"
