pool "fast" {
  driver = "dir"
  volume "data" {}
}
acknowledge "fast/data" {
  reason = "known"
  keys   = ["content_type"]
}
#+ 7:
#! 7:13-7:27 error: Pattern without a config key
#!     "content_type" is an attribute of the spec and no config key, so the pattern does nothing. Patterns are for what stands in config.
