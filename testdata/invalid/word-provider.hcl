provider "lxd" {
  remote = "prod"
}
#+ 1: tarn {
#! 1:1-1:9 error: Unsupported block
#!     A spec has no "provider". Name the server with remote in the tarn block, or with --remote. tarn needs no provider and no state: the server is the state.
