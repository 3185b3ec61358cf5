pool "fast" {
  driver = "zfs"
  volume "data" {
    description = parseint("ten", 10)
  }
}
#! 4:29-4:32 error: Invalid function argument
#!     Invalid value for "number" parameter: cannot parse "ten" as a base 10 integer.
