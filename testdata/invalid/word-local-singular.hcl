local {
  a = 1
}
#+ 1: locals {
#! 1:1-1:6 error: Unsupported block
#!     A spec has no "local". Write local values in a block locals { name = … }.
