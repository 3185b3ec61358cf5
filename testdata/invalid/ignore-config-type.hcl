pool "fast" {
  driver = "zfs"
  ignore_config = { user = true }
}
#+ 3:   ignore_config = ["user.*"]
#! 3:19-3:34 error: Wrong type
#!     "ignore_config" must be a list of texts, and this is an object.
