pool "main" {
  driver = "dir"
  + volume "a" {}
}
#+ 3:   volume "a" {}
#! 3:3-3:18 error: Neither attribute nor block
#!     A line in a spec is an attribute, name = value, or begins or ends a block, name "label" { … }. This one is neither.
