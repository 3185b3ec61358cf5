pool "fast" {
  driver = "zfs"
  volume "data" {
    description = env("NO_SUCH_NAME")
  }
}
#+ 4:     description = env("NO_SUCH_NAME", "x")
#! 4:24-4:36 error: Invalid function argument
#!     "NO_SUCH_NAME" is not set in the environment; env("NO_SUCH_NAME", "…") gives a default.
