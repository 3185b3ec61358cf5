pool "fast" {
  driver = "zfs"
  volume "a" { config = [{ size = "1GiB" }] }
  volume "b" { config = ["size=1GiB", "snapshots.schedule=@daily"] }
  volume "c" { config = "size=1GiB" }
  volume "d" { config = [] }
  volume "e" { config = "" }
  volume "f" { config = ["token=x"] }
}
#+ 3:   volume "a" { config = { size = "1GiB" } }
#+ 4:   volume "b" { config = { size = "1GiB", "snapshots.schedule" = "@daily" } }
#+ 5:   volume "c" { config = { size = "1GiB" } }
#+ 6:   volume "d" { config = {} }
#+ 7:   volume "e" {}
#+ 8:   volume "f" { config = { "user.x" = "x" } }
#! 3:25-3:44 error: Wrong type
#!     "config" must be an object, { key = value, … }, and this is a list. Take the brackets around it away: one object has all keys.
#! 4:25-4:67 error: Wrong type
#!     "config" must be an object, { key = value, … }, and this is a list. Write { size = "1GiB", "snapshots.schedule" = "@daily" }.
#! 5:25-5:36 error: Wrong type
#!     "config" must be an object, { key = value, … }, and this is text. Write { size = "1GiB" }.
#! 6:25-6:27 error: Wrong type
#!     "config" must be an object, { key = value, … }, and this is a list. Write {}, or leave it out.
#! 7:25-7:27 error: Wrong type
#!     "config" must be an object, { key = value, … }, and this is text. Write {}, or leave it out.
#! 8:25-8:36 error: Wrong type
#!     "config" must be an object, { key = value, … }, and this is a list.
