# Secret because of the name of its config key; see --not-secret.
variable "user_token" {
  type        = string
  description = "user.token of volume fast/same-secret and 1 more"
  sensitive   = true
}

variable "user_too" {
  type        = string
  description = "user.too of volume fast/same-secret"
  sensitive   = true
}

pool "fast" {
  driver = "btrfs"
  config = { size = "30GiB" }

  volume "both" {
    config        = { "security.shifted" = true }
    ignore_config = ["security.unmapped"]
  }

  # Its description has a secret value in it, so that it is not written here, and stays as it is.
  volume "description-of-something" {}

  volume "no-schedule-of-ours" { ignore_config = ["snapshots.schedule"] }
  volume "pattern" { ignore_config = ["snapshots.pattern"] }

  # used by instance web
  volume "plain" { ignore_config = ["size", "user.tarn.later"] }

  volume "protected" { prevent_delete = true }
  volume "same-secret" { config = { "user.token" = var.user_token, "user.too" = var.user_too } }
  volume "secret" { config = { "user.token" = var.user_token } }
  volume "tarn-arriving-1" {}
}

# The server does not show the config of this pool to this client.
pool "hidden" {
  existing = true

  volume "seen" { config = { size = "1GiB" } }
}

# This pool belongs to the owner "them".
pool "theirs" {
  existing = true

  volume "mine" {}
}

# Not in this spec:
# pool broken: its status is Errored, so that it has to be repaired or completed first.
# volume broken/in-it: its pool is not declared.
# pool empty: this pool belongs to the owner "them", and none of its volumes is declared.
# volume fast/a-copy, volume fast/of-them: of the owner "them", see --owner.
# volume fast/backups: the server keeps something of its own in it (storage.backups_volume).
# volume fast/moving: a move of it has not come to its end.
# volume fast/old-mark: its marks are not its own, or not complete, and to declare it would change
# config.user.tarn.of.
# pool host: the server does not manage it.
# config.snapshots.schedule in volume fast/no-schedule-of-ours: no spec may have its value, which
# stays as it is.
# config.snapshots.pattern in volume fast/pattern: no spec may have its value, which stays as it is.
# config.size in volume fast/plain: no spec may have its value, which stays as it is.
# what belongs to 1 instance in pool fast: tarn manages custom volumes alone.
# 2 buckets in pool fast: tarn manages custom volumes alone.
