pool "fast" {
  driver = 
}
#! 2:12-3:1 error: Invalid expression
#!     Expected the start of an expression, but found an invalid expression token.
