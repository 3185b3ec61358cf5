pool "objects" {
  driver = "cephobject"
  config = { "cephobject.radosgw.endpoint" = "https://10.1.0.4" }
  volume "data" {}
}
#+ 4:
#! 4:3-4:16 error: Driver without volumes
#!     A pool with the driver cephobject holds no custom volumes.
