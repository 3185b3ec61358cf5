pool "fast" {
  driver = "zfs"
  volume "data" {
    config = merge({ size = "10 GiB" }, { "snapshots.expiry" = [] })
  }
}
#+ 4:     config = merge({ size = "10GiB" }, { "snapshots.expiry" = "7d" })
#! 4:14-4:69 error: Invalid config value
#!     The value of "size" is wrong: "10 GiB" is not a size: write 10GiB.
#! 4:14-4:69 error: Wrong type
#!     The value of "snapshots.expiry" must be text, a number or a boolean, and this is a list.
