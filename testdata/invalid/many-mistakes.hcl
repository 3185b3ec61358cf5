tarn { max_delete = 5 }

pool "fast" {
  driver = "zfs"
  config = { sise = "1GiB", "volume.size" = "1Gi" }

  volume "a" {
    content_type = "disk"
    renamed_from = "a/b/c"
    config       = { size = var.size }
  }
  volume "b" { name = "a" }
}

pool "slow" {}
#+ 1: tarn { max_deletes = 5 }
#+ 5:   config = { size = "1GiB", "volume.size" = "1GiB" }
#+ 8:     content_type = "block"
#+ 9:     renamed_from = "a/b"
#+ 10:     config       = { size = "1GiB" }
#+ 12:   volume "b" {}
#+ 15: pool "slow" { driver = "dir" }
#! 1:8-1:18 error: Unsupported attribute
#!     A tarn block has no attribute "max_delete". Did you mean "max_deletes"?
#! 5:14-5:18 error: Unsupported config key
#!     There is no config key "sise" of pools with the driver zfs. Did you mean "size"?
#! 5:45-5:50 error: Invalid config value
#!     The value of "volume.size" is wrong: "1Gi" is not a size: write 1GiB.
#! 8:20-8:26 error: Invalid content type
#!     "disk" is not a content type: write "block".
#! 9:20-9:27 error: Invalid renamed_from
#!     "a/b/c" does not name a volume: it has more than one slash; a snapshot cannot be renamed to a volume. Write "name" for a volume of the same pool, "pool/name" or "remote:pool/name"; an object { name = …, pool = …, project = … } for another project, or a name with a colon.
#! 10:29-10:37 error: Unknown reference
#!     There is no variable "size", and there are no others.
#! 12:23-12:26 error: Duplicate volume
#!     pool.fast.volume.b and pool.fast.volume.a are both the volume "a" of pool "fast". The other one is declared at many-mistakes.hcl:7.
#! 15:1-15:12 error: Missing driver
#!     A pool needs a driver, one of "alletra", "btrfs", "ceph", "cephfs", "cephobject", "dir", "linstor", "lvm", "lvmcluster", "powerflex", "powerstore", "pure", "truenas" and "zfs". A pool that somebody else looks after is declared with existing = true.
