pool "main" {
  driver = "zfs"
  volume "a" {
    for_each = toset(["x", "y"])
    name     = " a${each.key}"
  }
  volume "b" {
    for_each = toset(["x", "y"])
    name     = "b!${each.key}"
  }
}
#+ 5:     name     = "a${each.key}"
#+ 9:     name     = "b${each.key}"
#! 5:16-5:31 warning: Doubtful name
#!     " ax" begins with white space, which would be a part of the name. Write it without: "ax".
#! 9:16-9:31 warning: Name is not portable
#!     "b!x" is not a name that LXD and Incus all take: use 1 to 64 letters, digits, dots, dashes and underscores, with a letter or digit at both ends.
