locals {
  a = jsondecode("{\n  \"a\": }\n}")
  b = jsondecode("{a: 1}")
  c = jsondecode("[1, 2")
  d = jsondecode("[1 2]")
  e = jsondecode("{\"é\": 1,}")
}
#+ 2:   a = jsondecode("{\n  \"a\": 1\n}")
#+ 3:   b = jsondecode("{\"a\": 1}")
#+ 4:   c = jsondecode("[1, 2]")
#+ 5:   d = jsondecode("[1, 2]")
#+ 6:   e = jsondecode("{\"é\": 1}")
#! 2:7-2:18 error: Error in function call
#!     The call of jsondecode fails: the text is no JSON on line 2, column 8: a value belongs here, and not "}".
#! 3:7-3:18 error: Error in function call
#!     The call of jsondecode fails: the text is no JSON on line 1, column 2: a key in quotes belongs here, and not "a".
#! 4:7-4:18 error: Error in function call
#!     The call of jsondecode fails: the text is no JSON on line 1, column 5: it ends too early.
#! 5:7-5:18 error: Error in function call
#!     The call of jsondecode fails: the text is no JSON on line 1, column 4: a comma or a closing bracket belongs here, and not "2".
#! 6:7-6:18 error: Error in function call
#!     The call of jsondecode fails: the text is no JSON on line 1, column 9: a key in quotes belongs here, and not "}".
