locals {
  a = 1 + "x"
  b = "a" + "b"
  c = "x${[1]}"
  d = "x" ? 1 : 2
  e = true ? [1] : { a = 1 }
  f = [for x in "abc" : x]
  g = -"x"
  h = null + 1
  i = "x${null}"
  j = { (null) = 1 }
  k = [for x in [1] : x if "x"]
  l = concat("a", ["b"])
  m = { ([1]) = 2 }
}
#+ 2:   a = 1 + 1
#+ 3:   b = "${"a"}${"b"}"
#+ 4:   c = "x${join(",", [1])}"
#+ 5:   d = "x" == "x" ? 1 : 2
#+ 6:   e = true ? [1] : [2]
#+ 7:   f = [for x in ["abc"] : x]
#+ 8:   g = -1
#+ 9:   h = 0 + 1
#+ 10:   i = "x${coalesce(null, "y")}"
#+ 11:   j = { a = 1 }
#+ 12:   k = [for x in [1] : x if x != 2]
#+ 13:   l = concat(["a"], ["b"])
#+ 14:   m = { "1" = 2 }
#! 2:11-2:14 error: Invalid operand
#!     On the right of this operator a number is needed.
#! 3:7-3:10 error: Invalid operand
#!     On the left of this operator a number is needed. Texts are joined by writing them in one: "${…}${…}".
#! 4:11-4:14 error: Invalid template interpolation value
#!     A value within text is text, a number or a boolean, and this is a list. Elements are joined by join(",", LIST).
#! 5:7-5:10 error: Incorrect condition type
#!     What stands before the ? must be true or false: a comparison, such as var.size == "10GiB".
#! 6:14-6:29 error: Inconsistent conditional result types
#!     The values before and behind the : must be of one type, and they are a list and an object.
#! 7:17-7:22 error: Iteration over non-iterable value
#!     for goes through a list, a set or an object, and this is text.
#! 8:8-8:11 error: Invalid operand
#!     Behind this operator a number is needed.
#! 9:7-9:15 error: Operation failed
#!     Neither side of this operator can be null.
#! 10:11-10:15 error: Invalid template interpolation value
#!     A value within text cannot be null. Where it may be, write coalesce(VALUE, DEFAULT).
#! 11:18-11:19 error: Null value as key
#!     A key of an object must be text, and this is null.
#! 12:28-12:31 error: Invalid 'for' condition
#!     What stands behind if must be true or false: a comparison, such as x != "".
#! 13:15-13:16 error: Invalid function argument
#!     The argument "lists" of concat is wrong: lists are needed, and this is text.
#! 14:9-14:14 error: Incorrect key type
#!     A key of an object must be text, and this is a list.
