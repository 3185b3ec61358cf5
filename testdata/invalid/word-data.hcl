data "lxd_storage_pool" "default" {
}
#+ 1: pool "default" {
#+ 1:   existing = true
#+ 2: }
#! 1:1-1:5 error: Unsupported block
#!     A spec has no "data". For what exists already and is not tarn's to change, write existing = true: pool "default" { existing = true }
