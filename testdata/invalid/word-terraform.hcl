terraform {
  required_version = "1"
}
#+ 1:
#+ 2:
#+ 3:
#! 1:1-1:10 error: Unsupported block
#!     A spec has no "terraform". Name the server with remote in the tarn block, or with --remote. tarn needs no provider and no state: the server is the state.
