pool "fast" {
  driver = "zfs"
  target = "n1"
}
#+ 3:   member "n1" { config = { source = "tank" } }
#! 3:3-3:9 error: Unsupported attribute
#!     A pool block has no "target". A pool is on all members of a cluster. Write what a member has of its own in a member block: member "n1" { config = { source = … } }
