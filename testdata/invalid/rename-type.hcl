pool "fast" {
  driver = "zfs"
  volume "data" {
    renamed_from = ["old"]
  }
}
#+ 4:     renamed_from = "old"
#! 4:20-4:27 error: Wrong type
#!     "renamed_from" must be text, or an object { name = …, pool = …, project = …, remote = … }, and this is a list.
