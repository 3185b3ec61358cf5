locals {
  sizes  = { small = "1GiB", large = "2GiB" }
  list   = ["1GiB", "2GiB"]
  none   = null
  empty  = {}
  text   = "x"
  a      = local.sizes.smal
  b      = local.sizes["b"]
  c      = local.list[2]
  d      = local.none.size
  e      = local.empty.a
  f      = local.text.size
  g      = local.list.first
  h      = merge(local.sizes, {}).medium
  i      = local.sizes[local.text]
}
pool "fast" {
  driver = "zfs"
  volume "shard" {
    for_each = { a = { size = "1GiB" } }
    name     = "shard-${each.key}"
    config   = { size = each.value.szie }
  }
  volume "other" {
    for_each = { a = { size = "1GiB" } }
    name     = "other-${each.key}"
    config   = { size = each.valeu.size }
  }
}
#+ 7:   a      = local.sizes.small
#+ 8:   b      = local.sizes["large"]
#+ 9:   c      = local.list[1]
#+ 10:   d      = try(local.none.size, "")
#+ 11:   e      = try(local.empty.a, "")
#+ 12:   f      = local.text
#+ 13:   g      = local.list[0]
#+ 14:   h      = merge(local.sizes, {}).large
#+ 15:   i      = local.sizes["large"]
#+ 22:     config   = { size = each.value.size }
#+ 27:     config   = { size = each.value.size }
#! 7:23-7:28 error: Unsupported attribute
#!     local.sizes has no "smal". Did you mean "small"?
#! 8:23-8:28 error: Invalid index
#!     local.sizes has no "b", only "large" and "small".
#! 9:22-9:25 error: Invalid index
#!     local.list has no element 2: they are numbered from 0 to 1.
#! 10:22-10:27 error: Attempt to get attribute from null value
#!     local.none is null, so it has no "size". Where a value may be missing write try(…, DEFAULT) around it.
#! 11:23-11:25 error: Unsupported attribute
#!     local.empty has no "a": it is empty.
#! 12:22-12:27 error: Unsupported attribute
#!     local.text is text, which has no parts, and so no "size".
#! 13:22-13:28 error: Unsupported attribute
#!     local.list is a list, so its elements have numbers from 0 up, and no "first": write local.list[0] for the first.
#! 14:34-14:41 error: Unsupported attribute
#!     with local.sizes as object with 2 attributes
#!     The value has no "medium", only "large" and "small".
#! 15:23-15:35 error: Invalid index
#!     with local.sizes as object with 2 attributes
#!     with local.text as "x"
#!     local.sizes has no "x", only "large" and "small".
#! 22:35-22:40 error: Unsupported attribute
#!     with each.key as "a"
#!     each.value has no "szie". Did you mean "size"?
#! 27:25-27:35 error: Unknown reference
#!     There are each.key and each.value, and nothing else of each. Did you mean each.value?
