pool "fast" {
  driver = "zfs";
}
#+ 2:   driver = "zfs"
#! 2:17-2:18 error: Semicolon behind an attribute
#!     An attribute ends with its line, without a semicolon. Write:
#!
#!     driver = "zfs"
