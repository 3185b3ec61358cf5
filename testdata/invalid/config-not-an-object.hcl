pool "fast" {
  driver = "zfs"
  volume "data" {
    config = "size=10GiB"
  }
}
#+ 4:     config = { size = "10GiB" }
#! 4:14-4:26 error: Wrong type
#!     "config" must be an object, { key = value, … }, and this is text. Write { size = "10GiB" }.
