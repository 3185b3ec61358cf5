# made by lxd init --dump
config: {}
storage_pools:
- name: default
  driver: dir
#+ 2: pool "default" {
#+ 3:   driver = "dir"
#+ 4: }
#+ 5:
#! 2:1-2:11 error: File is YAML
#!     This is YAML, as lxd init --preseed and lxc storage show have it. In a spec it is:
#!
#!     pool "default" {
#!     driver = "dir"
#!     config = { size = "10GiB" }
#!     }
