resource "lxd_storage_pool" "fast" {
  name   = "fast"
  driver = "zfs"
}
#+ 1: pool "fast" {
#! 1:1-1:9 error: Unsupported block
#!     A spec has no "resource". Write pool "name" { driver = … } for a pool, and volume "name" { … } in it for a volume. tarn import --tofu DIR makes a spec of a whole configuration.
