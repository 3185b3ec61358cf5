include "x.hcl"
pool "a" {
  driver = "dir"
}
#+ 1:
#! 1:1-1:8 error: Neither attribute nor block
#!     A spec has no include. All files of a directory are one spec: take it out.
