pool "fast" {
  driver       = "zfs"
  renamed_from = "old"
}
#+ 3:   volume "pg" { renamed_from = "old/pg" }
#! 3:3-3:15 error: Unsupported attribute
#!     A pool block has no "renamed_from". No server renames pools. Declare a new pool, and move the volumes there with renamed_from = "old-pool/name" in their blocks.
