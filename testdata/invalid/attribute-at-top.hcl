owner = "team"
pool "fast" {
  driver = "zfs"
}
#+ 1: tarn { owner = "team" }
#! 1:1-1:6 error: Unsupported attribute
#!     A spec outside of its blocks has no "owner". Move it into the tarn block: tarn { owner = … }
