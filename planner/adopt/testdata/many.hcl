pool "fast" {
  driver = "zfs"
  config = { source = "tank/lxd", "volume.snapshots.expiry" = "1w" }

  # 129 volumes
  volume "site" {
    for_each = {
      site-acme      = "5GiB", site-acme-2 = "25GiB", site-acme-3 = "10GiB", site-aster = "10GiB",
      site-aster-2   = "30GiB", site-aster-3 = "15GiB", site-birch = "15GiB", site-birch-2 = "35GiB",
      site-birch-3   = "20GiB", site-blume = "20GiB", site-blume-2 = "5GiB", site-blume-3 = "25GiB",
      site-carla     = "25GiB", site-carla-2 = "10GiB", site-carla-3 = "30GiB", site-cedar = "30GiB",
      site-cedar-2   = "15GiB", site-cedar-3 = "35GiB", site-coral = "35GiB", site-coral-2 = "20GiB",
      site-coral-3   = "5GiB", site-daisy = "5GiB", site-daisy-2 = "25GiB", site-daisy-3 = "10GiB",
      site-delta     = "10GiB", site-delta-2 = "30GiB", site-delta-3 = "15GiB", site-ember = "15GiB",
      site-ember-2   = "35GiB", site-ember-3 = "20GiB", site-fable = "20GiB", site-fable-2 = "5GiB",
      site-fern      = "25GiB", site-fern-2 = "10GiB", site-flint = "30GiB", site-flint-2 = "15GiB",
      site-gale      = "35GiB", site-gale-2 = "20GiB", site-garnet = "5GiB", site-garnet-2 = "25GiB",
      site-hazel     = "10GiB", site-hazel-2 = "30GiB", site-heron = "15GiB", site-heron-2 = "35GiB",
      site-indigo    = "20GiB", site-indigo-2 = "5GiB", site-iris = "25GiB", site-iris-2 = "10GiB",
      site-ivory     = "30GiB", site-ivory-2 = "15GiB", site-jade = "35GiB", site-jade-2 = "20GiB",
      site-jasper    = "5GiB", site-jasper-2 = "25GiB", site-juniper = "10GiB",
      site-juniper-2 = "30GiB", site-kestrel = "15GiB", site-kestrel-2 = "35GiB",
      site-lark      = "20GiB", site-lark-2 = "5GiB", site-laurel = "25GiB", site-laurel-2 = "10GiB",
      site-lotus     = "30GiB", site-lotus-2 = "15GiB", site-maple = "35GiB", site-maple-2 = "20GiB",
      site-meadow    = "5GiB", site-meadow-2 = "25GiB", site-nectar = "10GiB", site-nectar-2 = "30GiB",
      site-olive     = "15GiB", site-olive-2 = "35GiB", site-onyx = "20GiB", site-onyx-2 = "5GiB",
      site-opal      = "25GiB", site-opal-2 = "10GiB", site-orchid = "30GiB", site-orchid-2 = "15GiB",
      site-otter     = "35GiB", site-otter-2 = "20GiB", site-pearl = "5GiB", site-pearl-2 = "25GiB",
      site-pine      = "10GiB", site-pine-2 = "30GiB", site-plum = "15GiB", site-plum-2 = "35GiB",
      site-poppy     = "20GiB", site-poppy-2 = "5GiB", site-quartz = "25GiB", site-quartz-2 = "10GiB",
      site-raven     = "30GiB", site-raven-2 = "15GiB", site-reed = "35GiB", site-reed-2 = "20GiB",
      site-robin     = "5GiB", site-robin-2 = "25GiB", site-rowan = "10GiB", site-rowan-2 = "30GiB",
      site-ruby-2    = "35GiB", site-sable = "20GiB", site-sable-2 = "5GiB", site-sage = "25GiB",
      site-sage-2    = "10GiB", site-sienna = "30GiB", site-sienna-2 = "15GiB", site-slate = "35GiB",
      site-slate-2   = "20GiB", site-sparrow = "5GiB", site-sparrow-2 = "25GiB",
      site-spruce    = "10GiB", site-spruce-2 = "30GiB", site-tansy = "15GiB", site-tansy-2 = "35GiB",
      site-teal      = "20GiB", site-teal-2 = "5GiB", site-thistle = "25GiB", site-thistle-2 = "10GiB",
      site-topaz     = "30GiB", site-topaz-2 = "15GiB", site-tulip = "35GiB", site-tulip-2 = "20GiB",
      site-umber     = "5GiB", site-umber-2 = "25GiB", site-velvet = "10GiB", site-velvet-2 = "30GiB",
      site-violet    = "15GiB", site-violet-2 = "35GiB", site-willow = "20GiB", site-willow-2 = "5GiB",
    }
    name   = each.key
    config = { size = each.value, "snapshots.schedule" = "@daily", "user.team" = "web" }
  }

  volume "site-ruby" {
    description = "moves away in spring"
    config      = { size = "15GiB", "snapshots.schedule" = "@hourly", "user.team" = "web" }
  }

  # 49 volumes
  volume "vm" {
    for_each     = toset([for i in range(50) : format("vm%02d-data", i) if i != 3])
    name         = each.key
    content_type = "block"
    config       = { size = "20GiB" }
  }

  volume "vm03-data" {
    content_type = "block"
    config       = { "security.shared" = true, size = "20GiB" }
  }

  # 318 volumes
  volume "worker" {
    for_each = toset([for i in range(320) : format("worker-%03d", i) if !contains([17, 204], i)])
    name     = each.key
    config   = { size = "10GiB", "snapshots.expiry" = "3d" }
  }

  volume "worker-017" { config = { size = "40GiB", "snapshots.expiry" = "3d" } }
  volume "worker-204" { config = { size = "40GiB", "snapshots.expiry" = "3d" } }
}
