tarn { owner = "web" }

pool "bulk" {
  existing = true

  volume "uploads" {}

  volume "cache" {
    for_each = toset(["a", "b"])
    name     = "cache-${each.key}"
  }
}
