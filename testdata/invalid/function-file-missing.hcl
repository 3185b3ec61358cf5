pool "fast" {
  driver = "zfs"
  volume "data" {
    description = file("no-such-file")
  }
}
#+ none: the file has to be there
#! 4:25-4:37 error: Invalid function argument
#!     There is no file "DIR/no-such-file"; paths are relative to the spec.
