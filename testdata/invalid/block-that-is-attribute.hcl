pool "fast" {
  driver = "zfs"
  volume "data" {
    config {
      size = "10GiB"
    }
  }
}
#+ 4:     config = {
#! 4:5-4:11 error: Unsupported block
#!     In a volume block, "config" is an attribute: write it with an equals sign, config = { … }
