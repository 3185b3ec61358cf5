tarn {
  project = "own"
}

# The server does not show the config of this pool to this client.
pool "fast" {
  existing = true

  volume "of-own" { config = { size = "64MiB" } }

  volume "of-second" {
    project = "second"
    config  = { size = "64MiB" }
  }
}
