output "names" {
  value = 1
}
#+ 1:
#+ 2:
#+ 3:
#! 1:1-1:7 error: Unsupported block
#!     A spec has no "output". tarn has no outputs: take it out. For programs there is tarn plan --json.
