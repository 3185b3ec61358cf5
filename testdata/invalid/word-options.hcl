pool "fast" {
  driver  = "zfs"
  options = { source = "tank" }
}
#+ 3:   config  = { source = "tank" }
#! 3:3-3:10 error: Unsupported attribute
#!     A pool block has no "options". Write settings of LXD in config = { key = value, … }.
