# The quickstart one week later: pgdata is called postgres, and the backups have moved from slow to fast.

pool "fast" {
  driver      = "btrfs"
  description = "on the NVMe disk"
  config      = { size = "512MiB" }

  volume "postgres" {
    description  = "PostgreSQL"
    config       = { size = "64MiB", "snapshots.schedule" = "@daily" }
    renamed_from = "pgdata"
  }

  volume "cache" {
    for_each = toset(["web", "api"])
    name     = "cache-${each.key}"
  }

  volume "backup" {
    description  = "nightly dumps"
    config       = { "user.team" = "storage" }
    renamed_from = "slow/backup"
  }
}

pool "slow" {
  driver = "dir"

  volume "disk0" {
    content_type = "block"
    config       = { size = "16MiB" }
  }
}
