variable "names" {
  default   = ["a"]
  sensitive = true
}

pool "fast" {
  driver = "zfs"
  volume "data" {
    for_each = toset(var.names)
    name     = each.key
  }
}
#+ 3:
#! 9:16-9:32 error: Invalid for_each
#!     The value comes from a sensitive variable, and its keys would be shown in addresses.
