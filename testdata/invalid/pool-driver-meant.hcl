pool "a" { driver = "Directory" }
pool "b" { driver = "lvm-thin" }
pool "c" { driver = "ext4" }
pool "d" { driver = "xfs" }
pool "e" { driver = " zfs" }
#+ 1: pool "a" { driver = "dir" }
#+ 2: pool "b" { driver = "lvm" }
#+ 3: pool "c" {
#+ 3:   driver = "dir"
#+ 3:   config = { source = "/srv/c" }
#+ 3: }
#+ 4: pool "d" {
#+ 4:   driver = "dir"
#+ 4:   config = { source = "/srv/d" }
#+ 4: }
#+ 5: pool "e" { driver = "zfs" }
#! 1:21-1:32 error: Unknown driver
#!     tarn knows no driver "Directory". Did you mean "dir"?
#! 2:21-2:31 error: Unknown driver
#!     tarn knows no driver "lvm-thin". Did you mean "lvm"?
#! 3:21-3:27 error: Unknown driver
#!     tarn knows no driver "ext4". A folder on ext4 is a pool with driver = "dir" and the folder as source.
#! 4:21-4:26 error: Unknown driver
#!     tarn knows no driver "xfs". A folder on xfs is a pool with driver = "dir" and the folder as source.
#! 5:21-5:27 error: Unknown driver
#!     tarn knows no driver " zfs". Did you mean "zfs"?
