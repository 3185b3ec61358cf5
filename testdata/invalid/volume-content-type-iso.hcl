pool "fast" {
  driver = "zfs"
  volume "data" {
    content_type = "iso"
  }
}
#+ 4:     content_type = "iso"
#+ 4:     existing     = true
#! 4:20-4:25 error: Invalid content type
#!     A volume of content type iso is made by uploading an image and cannot be created from a spec. Upload it with storage volume import of lxc or incus, and declare it with existing = true.
