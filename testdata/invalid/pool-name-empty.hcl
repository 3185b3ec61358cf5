pool "fast" {
  driver = "zfs"
  name = ""
}
#+ 3:
#! 3:10-3:12 error: Invalid name
#!     A name cannot be empty. Leave the attribute out to take the label "fast".
