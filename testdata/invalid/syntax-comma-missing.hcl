pool "fast" {
  driver        = "zfs"
  config        = { size = "1GiB" source = "tank" }
  ignore_config = [
    "user.a"
    "user.b"
  ]
}
#+ 3:   config        = { size = "1GiB", source = "tank" }
#+ 5:     "user.a",
#! 3:35-3:41 error: Missing comma
#!     A comma is missing before this. Write:
#!
#!     config        = { size = "1GiB", source = "tank" }
#!
#!     The same is on line 6.
