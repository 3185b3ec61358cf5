pool "a" {
  driver = "dir"
  config = { source = "C:\\pools\\a" }
}
pool "b" {
  driver = "dir"
  config = { source = "~/pools" }
}
pool "c" {
  driver = "dir"
  config = { source = "$HOME/pools" }
}
pool "d" {
  driver = "dir"
  config = { source = "file:///pools" }
}
#+ 3:   config = { source = "/srv/a" }
#+ 7:   config = { source = "/root/pools" }
#+ 11:   config = { source = "/root/pools-c" }
#+ 15:   config = { source = "/pools" }
#! 3:23-3:37 error: Relative path
#!     The source "C:\\pools\\a" is not an absolute path: the pool is on the server, which runs Linux; write a path of it, such as /srv/pool.
#! 7:23-7:32 error: Relative path
#!     The source "~/pools" is not an absolute path: no shell reads it; write the whole path on the server.
#! 11:23-11:36 error: Relative path
#!     The source "$HOME/pools" is not an absolute path: no shell reads it; write the whole path on the server.
#! 15:23-15:38 error: Relative path
#!     The source "file:///pools" is not an absolute path: write /pools, without file://.
