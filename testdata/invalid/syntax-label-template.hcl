locals { n = "fast" }
pool "${local.n}" {
  driver = "zfs"
  volume "shard-${each.key}" {
    for_each = toset(["a"])
  }
  volume "${local.n}" {}
}
#+ 2: pool "n" {
#+ 2:   name = local.n
#+ 4:   volume "shard" {
#+ 4:     name = "shard-${each.key}"
#+ 7:   volume "n" {
#+ 7:     name = local.n
#+ 7:   }
#! 2:6-2:18 error: Label with an expression
#!     The label of a pool is plain text. What is computed is the name, an attribute in the block. Write:
#!
#!     pool "n" {
#!     name = local.n
