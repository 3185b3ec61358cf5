pool "fast" {
  driver = "zfs"
  volume "data" {
    config = { "security.shifted" = "maybe" }
  }
}
#+ 4:     config = { "security.shifted" = "true" }
#! 4:37-4:44 error: Invalid config value
#!     The value of "security.shifted" is wrong: "maybe" is not a boolean: write true or false.
