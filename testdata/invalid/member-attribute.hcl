pool "fast" {
  driver = "zfs"
  member "n1" { source = "/dev/sdb" }
}
#+ 3:   member "n1" { config = { source = "/dev/sdb" } }
#! 3:17-3:23 error: Unsupported attribute
#!     A member block has no attribute "source". It is a key of LXD: write config = { source = … }.
