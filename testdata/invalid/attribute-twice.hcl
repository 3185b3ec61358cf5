pool "fast" {
  driver = "zfs"
  driver = "dir"
}
#! 3:3-3:9 error: Attribute redefined
#!     The argument "driver" was already set at attribute-twice.hcl:2,3-9. Each argument may be set only once.
