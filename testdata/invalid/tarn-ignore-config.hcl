tarn { ignore_config = ["["] }
#+ 1: tarn { ignore_config = ["user.*"] }
#! 1:25-1:28 error: Invalid pattern
#!     "[" is not a pattern for config keys. A pattern is a key in which * stands for any text, ? for one character and [a-z] for one of several: "user.*".
