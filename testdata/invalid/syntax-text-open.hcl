pool "fast" {
  driver      = "zfs"
  description = <<EOT
the fast
disks
}
#+ 5: disks
#+ 5: EOT
#! 3:3-3:22 error: Text without an end
#!     The text that begins here goes on to the end of the file: it ends at a line that has EOT and nothing else.
