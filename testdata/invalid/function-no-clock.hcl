pool "fast" {
  driver = "zfs"
  volume "data" {
    description = timestamp()
  }
}
#! 4:19-4:28 error: Call to unknown function
#!     There is no function "timestamp", only "abs", "alltrue", "anytrue", "can", "ceil", "chomp" and 67 more.
