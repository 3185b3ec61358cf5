pool "a" {
  driver = "dir"
  pool "b" { driver = "dir" }
  volume "c" { description "x" }
}
#+ 3:
#+ 4:   volume "c" { description = "x" }
#! 4:16-4:29 error: Missing equals sign
#!     An attribute has an equals sign before its value. Write:
#!
#!     volume "c" { description = "x" }
