pool "fast" {
  drvier = "dir"
}
pool "ceph" {
  driver = "ceph"
  confgi = { source = "tank" }
  volume "shard" {
    for_each = toset(["00"])
    nmae     = "shard-${each.key}"
  }
}
variable "size" {
  defualt = "1GiB"
  validation {
    conditoin     = var.size != ""
    error_message = "Say a size."
  }
}
#+ 2:   driver = "dir"
#+ 6:   config = { source = "tank" }
#+ 9:     name     = "shard-${each.key}"
#+ 13:   default = "1GiB"
#+ 15:     condition     = var.size != ""
#! 2:3-2:9 error: Unsupported attribute
#!     A pool block has no attribute "drvier". Did you mean "driver"?
#! 6:3-6:9 error: Unsupported attribute
#!     A pool block has no attribute "confgi". Did you mean "config"?
#! 9:5-9:9 error: Unsupported attribute
#!     A volume block has no attribute "nmae". Did you mean "name"?
#! 13:3-13:10 error: Unsupported attribute
#!     A variable block has no attribute "defualt". Did you mean "default"?
#! 15:5-15:14 error: Unsupported attribute
#!     A validation block has no attribute "conditoin". Did you mean "condition"?
