pool "fast" {
  driver = "zfs"
  member "n1" { config = { "volume.size" = "1GiB" } }
}
#+ 3:   config = { "volume.size" = "1GiB" }
#+ 3:   member "n1" {}
#! 3:28-3:41 error: Config key in the wrong place
#!     "volume.size" has one value for the whole cluster: move it into the pool's config.
