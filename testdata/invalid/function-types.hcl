locals {
  a = join(["a", "b"], ",")
  b = toset("a")
  c = tonumber("x")
  d = tobool("yes")
  e = element([], 0)
  f = regex("x", "y")
  g = merge("a")
  h = format()
  i = upper("a", "b")
  j = range("a")
  k = csvdecode("a,b\n1")
  l = file("")
}
#+ 2:   a = join(",", ["a", "b"])
#+ 3:   b = toset(["a"])
#+ 4:   c = tonumber("1")
#+ 5:   d = tobool("true")
#+ 6:   e = element(["x"], 0)
#+ 7:   f = try(regex("x", "y"), "")
#+ 8:   g = merge({ a = 1 })
#+ 9:   h = format("%s", "a")
#+ 10:   i = upper("a")
#+ 11:   j = range(3)
#+ 12:   k = csvdecode("a,b\n1,2")
#+ 13:   l = ""
#! 2:12-2:13 error: Invalid function argument
#!     The argument "separator" of join is wrong: text is needed, and this is a list.
#! 3:14-3:15 error: Invalid function argument
#!     The argument of toset is wrong: a set cannot be made of text.
#! 4:17-4:18 error: Invalid function argument
#!     The argument of tonumber is wrong: "x" is no number.
#! 5:15-5:18 error: Invalid function argument
#!     The argument of tobool is wrong: "yes" is neither "true" nor "false".
#! 6:7-6:15 error: Error in function call
#!     The call of element fails: the list is empty.
#! 7:7-7:13 error: Error in function call
#!     The call of regex fails: the pattern matches no part of the text; try(regex(…), DEFAULT) gives another value then.
#! 8:7-8:13 error: Error in function call
#!     The call of merge fails: objects are needed, { key = value, … }, and one argument is text.
#! 9:14-9:15 error: Not enough function arguments
#!     format takes at least 1 argument, format(format, values…), and here are 0.
#! 10:19-10:20 error: Too many function arguments
#!     upper takes 1 argument, upper(text), and here are 2.
#! 11:14-11:15 error: Invalid function argument
#!     The argument "values" of range is wrong: a number is needed.
#! 12:7-12:17 error: Error in function call
#!     The call of csvdecode fails: the text is no CSV: on line 2: wrong number of fields.
#! 13:14-13:14 error: Invalid function argument
#!     The name of the file is missing.
