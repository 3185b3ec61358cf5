pool "fast" {
  driver = "dir"
  volume "both" {
    renamed_from = "a"
    copy_of      = "b"
  }
  volume "gone" {
    copy_of = "b"
    absent  = true
  }
  volume "itself" { copy_of = "fast/itself" }
  volume "remote" { copy_of = "prod:slow/a@s0" }
  volume "nothing" { copy_of = "a@" }
  volume "fine" { copy_of = { name = "a@b", snapshot = "s@0", pool = "slow" } }
  volume "slashes" { copy_of = "slow/a/s0" }
  volume "snapshot" { renamed_from = { name = "a", snapshot = "s0" } }
}
#+ 4:     renamed_from = "a"
#+ 5:
#+ 9:     absent  = false
#+ 11:   volume "itself" { copy_of = "fast/both" }
#+ 12:   volume "remote" { copy_of = "prod:slow/a" }
#+ 13:   volume "nothing" { copy_of = "a" }
#+ 15:   volume "slashes" { copy_of = "slow/a@s0" }
#+ 16:   volume "snapshot" { renamed_from = { name = "a2" } }
#! 5:20-5:23 error: Contradictory attributes
#!     The volume cannot have renamed_from and copy_of: it has its data from one place. renamed_from takes the old volume away, copy_of leaves it.
#! 8:15-8:18 error: Contradictory attributes
#!     The volume cannot be absent and have copy_of.
#! 11:31-11:44 error: Copy of itself
#!     The volume "itself" in pool "fast" cannot be a copy of itself.
#! 12:31-12:47 error: Invalid copy_of
#!     A snapshot cannot be copied from another server. Make a volume of it there with storage volume copy of lxc or incus, and name that.
#! 13:32-13:36 error: Invalid copy_of
#!     There is nothing behind the @, where the snapshot stands.
#! 15:32-15:43 error: Invalid copy_of
#!     "slow/a/s0" does not name a volume: it has more than one slash; a snapshot goes behind an @, as in "pool/name@snapshot". Write "name" for a volume of the same pool, "pool/name" or "remote:pool/name"; an object { name = …, pool = …, project = … } for another project, or a name with a colon.
#! 16:38-16:69 error: Unsupported attribute
#!     renamed_from has no part "snapshot", only "name", "pool", "project" and "remote".
