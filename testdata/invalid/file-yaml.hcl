---
fast:
  - driver: dir
#+ 1: pool "fast" {
#+ 2:   driver = "dir"
#+ 3: }
#! 1:1-1:4 error: File is YAML
#!     This is YAML, and a spec is not: blocks have braces, and values equals signs. "tarn help spec" shows what a spec looks like.
