variables {
  a = 1
}
#+ 1: variable "a" {
#+ 2:   default = 1
#! 1:1-1:10 error: Unsupported block
#!     A spec has no "variables". Write a block for each variable: variable "name" { default = … }
