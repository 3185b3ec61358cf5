pool "fast" {
  driver = "zfs"
  volume "data" {
    owner = "storage"
  }
}
#+ 4:
#! 4:5-4:10 error: Unsupported attribute
#!     A volume block has no "owner". Move it into the tarn block: tarn { owner = … }
