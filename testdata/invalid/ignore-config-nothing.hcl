tarn {
  ignore_config = ["name", "lmv.*"]
  secret_config = ["user.*token*", "powerflex.user.pasword"]
}
pool "fast" {
  driver        = "dir"
  ignore_config = ["description", "sizzz", "snapshot.*"]
  volume "data" {
    ignore_config = [
      "rsync.bwlimit",
      "user.*",
      "u*",
      "*",
      "volatile.uuid",
      "[a-z]ize",
      "Snapshots.Schedule",
    ]
  }
}
#+ 2:   ignore_config = ["lvm.*"]
#+ 3:   secret_config = ["user.*token*", "powerflex.user.password"]
#+ 7:   ignore_config = ["rsync.*", "snapshots.*"]
#+ 10:
#+ 15:
#+ 16:       "snapshots.schedule",
#! 2:20-2:26 error: Pattern without a config key
#!     "name" is an attribute of the spec and no config key, so the pattern does nothing. Patterns are for what stands in config.
#! 2:28-2:35 error: Pattern without a config key
#!     tarn knows no config key of pools and volumes that "lmv.*" matches. Did you mean "lvm.*"?
#! 3:36-3:60 error: Pattern without a config key
#!     tarn knows no config key of pools and volumes that "powerflex.user.pasword" matches. Did you mean "powerflex.user.password"?
#! 7:20-7:33 error: Pattern without a config key
#!     The description is no config key, so the pattern does nothing. A spec that is silent about a description leaves it as it is: take "description" out.
#! 7:35-7:42 warning: Pattern without a config key
#!     tarn knows no config key of pools and volumes with the driver dir that "sizzz" matches, so the pattern does nothing unless the server has one. Keys of your own start with "user.".
#! 7:44-7:56 error: Pattern without a config key
#!     tarn knows no config key of pools and volumes with the driver dir that "snapshot.*" matches. Did you mean "snapshots.*"?
#! 10:7-10:22 warning: Pattern without a config key
#!     tarn knows no config key of volumes with the driver dir that "rsync.bwlimit" matches, so the pattern does nothing unless the server has one. Keys of your own start with "user.".
#! 16:7-16:27 error: Pattern without a config key
#!     tarn knows no config key of volumes with the driver dir that "Snapshots.Schedule" matches. Did you mean "snapshots.schedule"?
