pool "fast" {
  driver = "zfs"
  name = "-fast"
}
#+ 3:   name = "fast-1"
#! 3:10-3:17 warning: Name is not portable
#!     "-fast" is not a name that LXD and Incus all take: use 1 to 64 letters, digits, dots, dashes and underscores, with a letter or digit at both ends.
