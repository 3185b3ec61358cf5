pool "fast" {
  driver = "zfs"
  volume "a" { renamed_from = "volume.old" }
  volume "b" { renamed_from = "pool.slow.volume.old" }
  volume "c" { renamed_from = "pool/volume" }
  volume "d" { renamed_from = "custom/older" }
  volume "e" { renamed_from = "slow/custom/oldest" }
  volume "f" { renamed_from = "slow/ one" }
  volume "g" { copy_of = "<name>" }
  volume "h" { renamed_from = { name = "volume.y" } }
}
#+ 3:   volume "a" { renamed_from = "old" }
#+ 4:   volume "b" { renamed_from = "slow/old" }
#+ 5:   volume "c" { renamed_from = "slow/c0" }
#+ 6:   volume "d" { renamed_from = "older" }
#+ 7:   volume "e" { renamed_from = "slow/oldest" }
#+ 8:   volume "f" { renamed_from = "slow/one" }
#+ 9:   volume "g" { copy_of = "a" }
#! 3:31-3:43 warning: Doubtful name
#!     "volume.old" is the volume of just that name, dots and all. The volume of a block is named by its name: write "old". When a volume is called so, write { name = "volume.old" }.
#! 4:31-4:53 warning: Doubtful name
#!     "pool.slow.volume.old" is the volume of just that name, dots and all. The volume of a block is named by its name: write "slow/old". When a volume is called so, write { name = "pool.slow.volume.old" }.
#! 5:31-5:44 warning: Doubtful name
#!     "pool/volume" is what manuals write where names of yours stand: write these. When a volume is called so, write { name = "volume", pool = "pool" }.
#! 6:31-6:45 warning: Doubtful name
#!     "custom/older" is the volume "older" of a pool that is called "custom". All volumes in a spec are custom ones: write "older". When a pool is called so, write { name = "older", pool = "custom" }.
#! 7:31-7:51 error: Invalid renamed_from
#!     "slow/custom/oldest" has the kind of the volume in it. All volumes in a spec are custom ones: write "slow/oldest".
#! 8:31-8:42 warning: Doubtful name
#!     " one" begins with white space, which would be a part of the name. Write it without: "one".
#! 9:26-9:34 warning: Doubtful name
#!     "<name>" is what manuals write where a name of yours stands: write that name.
