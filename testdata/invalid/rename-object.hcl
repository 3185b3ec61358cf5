pool "fast" {
  driver = "dir"
  volume "fine" { renamed_from = { name = "a:b", pool = "slow", project = "web", remote = "prod" } }
  volume "part" { renamed_from = { name = "a", poll = "slow" } }
  volume "no_name" { renamed_from = { pool = "slow" } }
  volume "empty" { renamed_from = { name = "a", project = "" } }
  volume "slash" { renamed_from = { name = "slow/a" } }
  volume "list" { renamed_from = { name = ["a"] } }
  volume "null" { renamed_from = { name = "b", pool = null } }
  volume "itself" { renamed_from = { name = "itself", pool = "fast" } }
  volume "project" { renamed_from = { name = "project", project = "web" } }
}
#+ 4:   volume "part" { renamed_from = { name = "a", pool = "slow" } }
#+ 5:   volume "no_name" { renamed_from = { name = "n", pool = "slow" } }
#+ 6:   volume "empty" { renamed_from = { name = "a" } }
#+ 7:   volume "slash" { renamed_from = { name = "c", pool = "slow" } }
#+ 8:   volume "list" { renamed_from = { name = "d" } }
#+ 10:   volume "itself" { renamed_from = { name = "before", pool = "fast" } }
#! 4:34-4:63 error: Unsupported attribute
#!     renamed_from has no part "poll". Did you mean "pool"?
#! 5:37-5:54 error: Invalid renamed_from
#!     The name of the volume is missing: { name = … }.
#! 6:35-6:63 error: Invalid renamed_from
#!     "project" is empty: leave it out, or say what it is.
#! 7:35-7:54 error: Invalid renamed_from
#!     "slow/a" has a slash, which no name of a volume has. The pool is a part of its own: { name = …, pool = … }.
#! 8:34-8:50 error: Wrong type
#!     "renamed_from.name" must be text, and this is a list.
#! 10:36-10:70 error: Renamed from itself
#!     The volume "itself" in pool "fast" is called so already: renamed_from says what it was called before. To bring it to another cluster member, say target, too.
