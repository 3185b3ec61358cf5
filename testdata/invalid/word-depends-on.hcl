pool "fast" {
  driver = "zfs"
  volume "data" {
    depends_on = ["logs"]
  }
}
#+ 4:
#! 4:5-4:15 error: Unsupported attribute
#!     A volume block has no "depends_on". tarn finds out itself in which order steps go: take it out.
