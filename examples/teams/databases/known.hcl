# What differs for a while, with its end: tarn drift lists it apart until then.

acknowledge "fast/pgdata" {
  keys   = ["user.tuning"]
  reason = "tried out by hand, the spec follows"
  until  = "2099-12-31"
}
