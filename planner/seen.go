package planner

import (
	"maps"
	"slices"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/planner/plan"
)

// record notes what the steps rest on, and the other servers that volumes come from.
func (b *builder) record() {
	b.plan.Seen, b.plan.Remotes = b.sawAll(), b.remotes()
}

func (b *builder) sawAll() []plan.Seen {
	var all []plan.Seen
	touched := b.plan.Touched()
	pools, deleted, destroyed := map[string]bool{}, map[string]bool{}, map[lxd.VolumeID]bool{}
	for _, step := range b.plan.Steps {
		switch action := step.Action.(type) {
		case plan.DeletePool:
			deleted[action.Pool] = true
		case plan.DeleteVolume:
			destroyed[action.Volume] = true
		}
	}
	for object := range touched {
		pools[object.Pool] = true
		if live := b.live.Volumes.Get(object.Volume); live != nil {
			seen := b.sawVolume(live)
			if !destroyed[live.ID()] {
				seen.Snapshots = nil // those that a schedule adds go along with the volume
			}
			all = append(all, seen)
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
		from, ok := plan.SourceOf(step.Action)
		if !ok {
			continue
		}
		id, there := from.Volume, b.stateOf(from.Remote)
		if from.Remote == "" {
			id, _ = b.liveID(from.Volume)
		}
		source, known := there.Volumes.Get(id), plan.Seen{Remote: from.Remote, Object: plan.VolumeObject(id)}
		if source == nil || slices.ContainsFunc(all, func(s plan.Seen) bool { return plan.CompareSeen(s, known) == 0 }) {
			continue // a migration that is near its end, or what another step works on
		}
		seen := sawVolume(there, source, b.hidden(step.Action.Object().Volume))
		seen.Remote = from.Remote
		all = append(all, seen)
	}
	slices.SortFunc(all, plan.CompareSeen)
	return all
}

// remotes are the other servers that the plan's volumes come from.
func (b *builder) remotes() []plan.Server {
	remotes := map[string]bool{}
	for _, step := range b.plan.Steps {
		if from, ok := plan.SourceOf(step.Action); ok && from.Remote != "" {
			remotes[from.Remote] = true
		}
	}
	var servers []plan.Server
	for _, remote := range slices.Sorted(maps.Keys(remotes)) {
		servers = append(servers, ServerOf(b.opts.Remotes[remote], remote, b.opts.Project))
	}
	return servers
}

func (b *builder) sawPool(live *lxd.Pool) plan.Seen {
	declared := b.pools[live.Name]
	return sawPool(b.live, live, func(key, value string) bool {
		return b.secrets.hides(key, value) || declared != nil && declared.want.Config[key].Sensitive
	})
}

func (b *builder) sawVolume(live *lxd.Volume) plan.Seen {
	seen := sawVolume(b.live, live, b.hidden(live.ID()))
	seen.Snapshots = b.snapshots(live.ID())
	return seen
}

// hidden tells which config of a volume the spec wants hidden; id is what the volume is called, or will be.
func (b *builder) hidden(id lxd.VolumeID) func(key, value string) bool {
	declared := b.volumes.Get(id)
	if v := b.leaving[id]; v != nil {
		declared = v
	}
	return func(key, value string) bool {
		return b.secrets.hides(key, value) || declared != nil && declared.want.Config[key].Sensitive
	}
}

// sawPool describes a pool of a server. hidden may be nil.
func sawPool(live *live.State, pool *lxd.Pool, hidden func(key, value string) bool) plan.Seen {
	seen := plan.Seen{
		Object: plan.PoolObject(pool.Name), Driver: pool.Driver, Status: pool.Status, UsedBy: outsideUsers(live, pool.UsedBy),
	}
	seen.SetAttributes(plan.PoolAttributes(pool), hidden)
	return seen
}

// sawVolume describes a volume of a server. hidden may be nil.
func sawVolume(live *live.State, volume *lxd.Volume, hidden func(key, value string) bool) plan.Seen {
	seen := plan.Seen{
		Object: plan.VolumeObject(volume.ID()), ContentType: volume.ContentType, Identity: plan.Identity(volume), UsedBy: outsideUsers(live, volume.UsedBy),
	}
	attributes := plan.VolumeAttributes(volume)
	if attributes.Config == nil {
		attributes.Config = map[string]string{} // a volume's config is never hidden
	}
	seen.SetAttributes(attributes, hidden)
	if seen.UsedBy == nil {
		seen.UsedBy = []plan.User{}
	}
	return seen
}

// outsideUsers are what uses an object, without what goes with it: snapshots with their volume, and images with their pool.
func outsideUsers(live *live.State, usedBy []string) []plan.User {
	return slices.DeleteFunc(plan.UsersOf(live.Uses(usedBy)), func(user plan.User) bool {
		return user.Kind == lxd.UsedByImage || user.Kind == lxd.UsedBySnapshot
	})
}
