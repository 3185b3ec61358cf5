package planner

import (
	"maps"
	"slices"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/planner/plan"
	"tarn/spec"
)

// sawAll says what the steps rest on.
func (b *builder) sawAll() []plan.Seen {
	var all []plan.Seen
	touched := b.plan.Touched()
	pools, deleted := map[string]bool{}, map[string]bool{}
	for _, step := range b.plan.Steps {
		if action, ok := step.Action.(plan.DeletePool); ok {
			deleted[action.Pool] = true
		}
	}
	for object := range touched {
		pools[object.Pool] = true
		if live := b.live.Volumes[object.Volume]; live != nil {
			all = append(all, b.sawVolume(live))
		}
	}
	for name := range pools {
		switch live := b.live.Pools[name]; {
		case live == nil:
		case touched[plan.PoolObject(name)]:
			seen := b.sawPool(live)
			if !deleted[name] {
				seen.UsedBy = nil
			}
			all = append(all, seen)
		default:
			all = append(all, plan.Seen{Object: plan.PoolObject(name), Driver: live.Driver, Status: live.Status})
		}
	}
	for _, step := range b.plan.Steps {
		if action, ok := step.Action.(plan.MigrateVolume); ok {
			there := b.opts.Sources[action.Remote]
			source := there.Volumes[action.Volume]
			if source == nil {
				continue // a migration that is near its end
			}
			seen := sawVolume(there, source, b.hidden(action.To))
			seen.Remote = action.Remote
			all = append(all, seen)
		}
	}
	slices.SortFunc(all, plan.CompareSeen)
	return all
}

// from are the servers that the plan's volumes come from.
func (b *builder) from() []plan.Server {
	remotes := map[string]bool{}
	for _, step := range b.plan.Steps {
		if action, ok := step.Action.(plan.MigrateVolume); ok {
			remotes[action.Remote] = true
		}
	}
	var servers []plan.Server
	for _, remote := range slices.Sorted(maps.Keys(remotes)) {
		servers = append(servers, ServerOf(b.opts.Sources[remote], remote, b.opts.Project))
	}
	return servers
}

func (b *builder) sawPool(live *lxd.Pool) plan.Seen {
	declared := b.pools[live.Name]
	return sawPool(b.live, live, func(key, value string) bool {
		return b.secrets[value] || declared != nil && declared.want.Config[key].Sensitive
	})
}

func (b *builder) sawVolume(live *lxd.Volume) plan.Seen {
	seen := sawVolume(b.live, live, b.hidden(live.ID()))
	seen.Snapshots = b.snapshots(live.ID())
	return seen
}

// hidden tells which config of a volume the spec wants hidden; id is what the volume is called, or will be.
func (b *builder) hidden(id lxd.VolumeID) func(key, value string) bool {
	declared := b.volumes[id]
	if v := b.leaving[id]; v != nil {
		declared = v
	}
	return func(key, value string) bool {
		return b.secrets[value] || declared != nil && declared.want.Config[key].Sensitive
	}
}

// sawPool describes a pool of a server. hidden may be nil.
func sawPool(live *live.State, pool *lxd.Pool, hidden func(key, value string) bool) plan.Seen {
	seen := plan.Seen{
		Object: plan.PoolObject(pool.Name), Driver: pool.Driver, Status: pool.Status, Description: pool.Description,
		UsedBy: users(live, pool.UsedBy),
	}
	if pool.Config != nil {
		seen.SetConfig(pool.Config, hidden)
	}
	return seen
}

// sawVolume describes a volume of a server. hidden may be nil.
func sawVolume(live *live.State, volume *lxd.Volume, hidden func(key, value string) bool) plan.Seen {
	seen := plan.Seen{
		Object: plan.VolumeObject(volume.ID()), ContentType: volume.ContentType, Description: volume.Description,
		UsedBy: users(live, volume.UsedBy),
	}
	seen.SetConfig(volume.Config, hidden)
	return seen
}

// users words what uses an object. Snapshots go with their volume, and images with their pool.
func users(live *live.State, usedBy []string) []string {
	words := []string{}
	for _, use := range live.Uses(usedBy) {
		switch use.Kind {
		case lxd.UsedByImage, lxd.UsedBySnapshot:
		case lxd.UsedByVolume:
			words = append(words, "volume "+plan.VolumeName(use.Volume))
		default:
			words = append(words, use.String())
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// sensitive are the values that a spec gives as sensitive. The server may have one of them where the spec no longer says so.
func sensitive(want *spec.Spec) map[string]bool {
	values := map[string]bool{}
	add := func(config spec.Config) {
		for _, value := range config {
			if value.Sensitive {
				values[value.Text] = true
			}
		}
	}
	for _, pool := range want.Pools {
		add(pool.Config)
		for _, member := range pool.Members {
			add(member.Config)
		}
		for _, volume := range pool.Volumes {
			add(volume.Config)
		}
	}
	return values
}
