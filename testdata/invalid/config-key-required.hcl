pool "array" {
  driver = "pure"
  config = { "pure.gateway" = "https://array.example.com", "pure.api.token" = null }
}
pool "other" { driver = "pure" }
pool "gone" {
  driver = "pure"
  absent = true
}
pool "broken" {
  driver = "pure"
  config = merge({}, { a = 1 + "x" })
}
pool "radosgw" {
  driver = "cephobject"
  config = { "cephobject.radosgw.endpoint" = "radosgw" }
}
#! 2:12-2:18 error: Missing config key
#!     A pool with the driver pure needs the config key "pure.api.token".
#! 5:25-5:31 error: Missing config key
#!     A pool with the driver pure needs the config key "pure.api.token".
#! 5:25-5:31 error: Missing config key
#!     A pool with the driver pure needs the config key "pure.gateway".
#! 12:32-12:35 error: Invalid operand
#!     Unsuitable value for right operand: a number is required.
#! 16:46-16:55 error: Invalid config value
#!     The value of "cephobject.radosgw.endpoint" is wrong: "radosgw" is not a URL: write https://radosgw.
