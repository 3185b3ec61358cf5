pool "fast" {
  driver = "dir"
  variable "size" { default = "1GiB" }
}
#+ 3:
#+ 4: }
#+ 4: variable "size" { default = "1GiB" }
#! 3:3-3:11 error: Unsupported block
#!     A pool block has no "variable". A block variable stands by itself, outside of all other blocks: move it out of the pool block.
