pool "fast" {
  driver = "zfs"
  member "*" { config = { source = "/dev/a" } }
  member "all" { name = "*" }
  member "n1" {}
  member "of" {
    for_each = toset(["n1", "n2"])
    name     = each.key
    config   = { "volume.size" = each.key }
  }
  member "unnamed" { for_each = toset(["n3"]) }
}
#+ 4:
#+ 5:
#+ 9:     config   = { size = "10GiB" }
#+ 11:   member "unnamed" {
#+ 11:     for_each = toset(["n3"])
#+ 11:     name     = each.key
#+ 11:   }
#! 4:25-4:28 error: Duplicate member
#!     The pool "fast" has config for member "*" at member-for-each.hcl:3 already.
#! 8:16-8:24 error: Duplicate member
#!     The pool "fast" has config for member "n1" at member-for-each.hcl:5 already.
#! 9:18-9:31 error: Config key in the wrong place
#!     "volume.size" has one value for the whole cluster: move it into the pool's config.
#! 9:34-9:42 error: Invalid config value
#!     with each.key as "n2"
#!     The value of "volume.size" is wrong: "n2" is not a size: write a whole number and a unit without a space, such as 10GiB or 10GB.
#! 11:3-11:19 error: Missing name
#!     A member with for_each needs a name that differs from element to element, such as name = "unnamed-${each.key}".
