# The team that looks after the servers declares the pools. The others only use them.

tarn { owner = "platform" }

pool "fast" {
  driver      = "dir"
  description = "for what has to be quick"
}

pool "bulk" {
  driver      = "dir"
  description = "for what is large"
}
