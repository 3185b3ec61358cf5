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
#+ 3:   config = { "pure.gateway" = "https://array.example.com", "pure.api.token" = "x" }
#+ 5: pool "other" {
#+ 5:   driver = "pure"
#+ 5:   config = { "pure.gateway" = "https://other.example.com", "pure.api.token" = "y" }
#+ 5: }
#+ 12:   config = { "pure.gateway" = "https://third.example.com", "pure.api.token" = "z" }
#+ 16:   config = { "cephobject.radosgw.endpoint" = "https://radosgw" }
#! 2:12-2:18 error: Missing config key
#!     A pool with the driver pure needs the config key "pure.api.token".
#! 5:25-5:31 error: Missing config key
#!     A pool with the driver pure needs the config keys "pure.api.token" and "pure.gateway".
#! 12:32-12:35 error: Invalid operand
#!     On the right of this operator a number is needed.
#! 16:46-16:55 error: Invalid config value
#!     The value of "cephobject.radosgw.endpoint" is wrong: "radosgw" is not a URL: write https://radosgw.
