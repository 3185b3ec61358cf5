pool "fast" {
  driver = "zfs"
  config = { source = "/dev/sdb" }
  member "n1" {}
}
#+ 3:
#+ 4:   member "n1" { config = { source = "/dev/sdb" } }
#! 3:14-3:20 error: Member-specific config key
#!     "source" has a value of its own on every cluster member: move it into the member blocks.
