module "disks" {
  source = "./disks"
}
#+ 1:
#+ 2:
#+ 3:
#! 1:1-1:7 error: Unsupported block
#!     A spec has no "module". The files of a directory are one spec, and tarn plan A B takes several directories together. There are no modules.
