locals {
  a {}
}
#+ 2:   a = {}
#! 2:3-2:4 error: Unexpected "a" block
#!     Blocks are not allowed here.
