pools {
}
#+ 1: pool "fast" {
#+ 1:   driver = "zfs"
#! 1:1-1:6 error: Unsupported block
#!     A spec has no "pools". Write a block for each pool: pool "name" { driver = … }
