variable "disk" {
  type    = object({ size = string, tags = optional(list(string), []) })
  default = { tags = ["a"] }
}
#+ 3:   default = { size = "1GiB", tags = ["a"] }
#! 3:13-3:29 error: Invalid value for variable
#!     The variable "disk" cannot take this value: its attribute "size" is missing. Its type is object({size=string,tags=list(string)}).
