pool "a" {
  driver = "dir"
  for name in ["x", "y"] {
    volume "v" { name = name }
  }
}
#+ 3:   volume "v" {
#+ 4:     for_each = toset(["x", "y"])
#+ 4:     name     = each.key
#! 3:3-3:6 error: Neither attribute nor block
#!     A spec has no for. For several objects from one block, write for_each = toset(["a", "b"]) and name = "data-${each.key}".
