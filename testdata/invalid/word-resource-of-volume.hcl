pool "fast" { driver = "zfs" }
resource "lxd_volume" "data" {
}
#+ 1: pool "fast" {
#+ 1:   driver = "zfs"
#+ 2:   volume "data" {
#+ 3:   }
#+ 3: }
#! 2:1-2:9 error: Unsupported block
#!     A spec has no "resource". Write pool "name" { driver = … } for a pool, and volume "name" { … } in it for a volume. tarn import --tofu DIR makes a spec of a whole configuration.
