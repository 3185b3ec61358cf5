pool "fast" {
  driver = "zfs"
#! 1:13-1:14 error: Unclosed configuration block
#!     There is no closing brace for this block before the end of the file. This may be caused by incorrect brace nesting elsewhere in this file.
