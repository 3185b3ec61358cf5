# Two pools and their volumes: "tarn plan" in this folder shows what is missing on the server, "tarn apply" makes it so.

variable "data_size" {
  type        = string
  default     = "64MiB"
  description = "size of the database's volume"
}

pool "fast" {
  driver      = "btrfs"
  description = "on the NVMe disk"
  config      = { size = "512MiB" }

  volume "pgdata" {
    description = "PostgreSQL"
    config      = { size = var.data_size, "snapshots.schedule" = "@daily" }
  }

  volume "cache" {
    for_each = toset(["web", "api"])
    name     = "cache-${each.key}"
  }
}

pool "slow" {
  driver = "dir"

  volume "backup" {
    description = "nightly dumps"
    config      = { "user.team" = "storage" }
  }

  volume "disk0" {
    content_type = "block"
    config       = { size = "16MiB" }
  }
}
