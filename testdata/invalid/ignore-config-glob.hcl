pool "fast" {
  driver = "zfs"
  ignore_config = ["user.*", "user.[a"]
}
#+ 3:   ignore_config = ["user.*", "user.[a]"]
#! 3:30-3:39 error: Invalid pattern
#!     "user.[a" is not a pattern for config keys. A pattern is a key in which * stands for any text, ? for one character and [a-z] for one of several: "user.*".
