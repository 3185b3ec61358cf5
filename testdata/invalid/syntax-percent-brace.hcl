pool "fast" {
  driver      = "zfs"
  description = "full to %{x}"
}
#+ 3:   description = "full to %%{x}"
#! 3:26-3:28 error: Directive in text
#!     In text %{ begins a directive, such as %{ if … }. An expression begins with ${, and %{ itself is %%{. Write:
#!
#!     description = "full to %%{x}"
