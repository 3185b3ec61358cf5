tarn { owner = "databases" }

pool "fast" {
  existing = true

  volume "pgdata" {
    description    = "PostgreSQL"
    prevent_delete = true
  }
}
