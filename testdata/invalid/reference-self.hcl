pool "fast" {
  driver = "zfs"
  volume "data" {
    description = self.name
  }
}
#+ 4:     description = "data"
#! 4:19-4:28 error: Unknown reference
#!     There is nothing named "self". A block cannot read its own attributes. Put the value into locals { NAME = … }, and read it as local.NAME.
