locals {
  a {}
}
#+ 2:   a = {}
#! 2:3-2:4 error: Unsupported block
#!     In a locals block, "a" is an attribute: write it with an equals sign, a = { … }
