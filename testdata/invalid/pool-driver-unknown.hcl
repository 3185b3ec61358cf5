pool "fast" {
  driver = "zsf"
  config = { anything = "goes" }
}
#! 2:12-2:17 warning: Unknown driver
#!     tarn knows no driver "zsf". Did you mean "zfs"? The config keys of this pool and its volumes are not checked.
