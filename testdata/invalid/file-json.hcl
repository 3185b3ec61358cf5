{ "pool": { "fast": { "driver": "zfs" } } }
#+ none: the cure is another name of the file
#! 1:1-1:2 error: File is JSON
#!     This is JSON and not the native syntax. A spec in JSON is in a file whose name ends in .hcl.json.
