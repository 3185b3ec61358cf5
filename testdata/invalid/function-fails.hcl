pool "fast" {
  driver = "zfs"
  volume "data" {
    description = parseint("ten", 10)
  }
}
#+ 4:     description = parseint("10", 10)
#! 4:29-4:32 error: Invalid function argument
#!     The argument "number" of parseint is wrong: "ten" is no whole number in base 10.
