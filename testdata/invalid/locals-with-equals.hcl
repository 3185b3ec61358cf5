locals = {
  a = 1
}
#+ 1: locals {
#! 1:1-1:7 error: Unsupported attribute
#!     In a spec, "locals" is a block: write it without the equals sign, locals { … }
