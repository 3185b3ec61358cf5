pool "a" {
  driver = "dir"
  config = { source = "/srv/a" }
}
pool "b" {
  driver = "dir"
  config = { source = "/srv/./a/" }
}
pool "inside" {
  driver = "btrfs"
  config = { source = "/srv/a/b/c" }
}
pool "relative" {
  driver = "dir"
  config = { source = "srv/x" }
}
pool "tank" {
  driver = "zfs"
  config = { source = "tank/lxd" }
}
pool "tank2" {
  driver = "zfs"
  config = { source = "tank/lxd" }
}
pool "vg" {
  driver = "lvm"
  config = { source = "tank/lxd" } # another kind of thing
}
pool "m1" {
  driver = "btrfs"
  member "n1" { config = { source = "/dev/sdb" } }
  member "n2" { config = { source = "/dev/sdb" } }
}
pool "m2" {
  driver = "lvm"
  member "n1" { config = { source = "/dev//sdb" } }
  member "n2" { config = { source = "/dev/sdc" } }
}
pool "gone" { absent = true }
#+ 7:   config = { source = "/srv/b" }
#+ 11:   config = { source = "/srv/inside" }
#+ 15:   config = { source = "/srv/x" }
#+ 23:   config = { source = "tank/lxd2" }
#+ 36:   member "n1" { config = { source = "/dev/sdd" } }
#! 7:23-7:34 error: Source used twice
#!     pool.b and pool.a would both be made of "/srv/./a/". The other one is declared at pool-sources.hcl:3.
#! 11:23-11:35 warning: Source inside of another
#!     pool.inside is made of "/srv/a/b/c", which is inside of the source of pool.a, declared at pool-sources.hcl:3, and goes when that goes.
#! 15:23-15:30 error: Relative path
#!     The source "srv/x" is not an absolute path: the server would look for it where it was started; begin with a slash.
#! 23:23-23:33 error: Source used twice
#!     pool.tank2 and pool.tank would both be made of "tank/lxd". The other one is declared at pool-sources.hcl:19.
#! 36:37-36:48 error: Source used twice
#!     pool.m2 and pool.m1 would both be made of "/dev//sdb". The other one is declared at pool-sources.hcl:31.
