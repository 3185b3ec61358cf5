pool "fast" {
  driver = "zsf"
  config = { anything = "goes" }
}
#! 2:12-2:17 warning: Unknown driver
#!     The driver "zsf" is not known to tarn, so the config keys of this pool and its volumes are not checked. Did you mean "zfs"?
