pool "a" {
  driver      = "dir"
  description = ${  }
}
#+ none: nothing says which value was meant
#! 3:17-3:22 error: Wrong reference
#!     ${…} is for expressions within text. Outside of quotes the expression stands alone.
