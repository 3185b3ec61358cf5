tarn {
  ownr = "team"
}
#+ 2:   owner = "team"
#! 2:3-2:7 error: Unsupported attribute
#!     A tarn block has no attribute "ownr". Did you mean "owner"?
