# What somebody else does to the server in the meantime, for the demonstration: a size is changed, a volume deleted.

pool "fast" {
  existing = true

  volume "pgdata" {
    description = "PostgreSQL"
    config      = { size = "80MiB", "snapshots.schedule" = "@daily" }
  }

  volume "cache-web" { absent = true }
}
