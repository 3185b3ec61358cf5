pool "fast" {
  driver = "zfs"
  volume "data" {
    name = "data 1"
  }
}
#+ 4:     name = "data-1"
#! 4:12-4:20 warning: Name is not portable
#!     "data 1" is not a name that LXD and Incus all take: use 1 to 64 letters, digits, dots, dashes and underscores, with a letter or digit at both ends.
