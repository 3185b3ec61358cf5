pool "fast" {
  driver = "dir"
  acknowledge "fast" { reason = "known" }
}
#+ 3:
#+ 4: }
#+ 4: acknowledge "fast" { reason = "known" }
#! 3:3-3:14 error: Unsupported block
#!     A pool block has no block "acknowledge", only "member" and "volume".
