package rehearse

import (
	"fmt"
	"slices"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/sim"
	"tarn/planner/plan"
)

// simulated fails when a plan is about a pool whose driver is not simulated. p is nil for a server that volumes only come from.
func simulated(p *plan.Plan, state *live.State, about part) error {
	for _, name := range about.pools {
		if pool := state.Pools[name]; pool != nil && !sim.HasDriver(pool.Driver) {
			return fmt.Errorf("the plan cannot be rehearsed: it changes pool %s or what is in it, and the simulator has no driver %s", name, pool.Driver)
		}
	}
	if p == nil {
		return nil
	}
	for _, step := range p.Steps {
		if create, ok := step.Action.(plan.CreatePool); ok && !sim.HasDriver(create.Driver) && slices.Contains(state.Server.Drivers, create.Driver) {
			return fmt.Errorf("the plan cannot be rehearsed: step %d creates pool %s, and the simulator has no driver %s", step.Number, create.Pool, create.Driver)
		}
	}
	return nil
}

// keep adds to what was read of a simulated server the pools that it does not have because nobody simulates their drivers, with
// what is in them. The plan has nothing to do with them, so they are as they were.
func keep(after, before *live.State) {
	kept := map[string]bool{}
	for name, pool := range before.Pools {
		if !sim.HasDriver(pool.Driver) {
			kept[name] = true
			after.Pools[name] = pool
		}
	}
	of := func(id lxd.VolumeID) bool { return kept[id.Pool] }
	for id, volume := range before.Volumes.All() {
		if of(id) {
			after.Volumes.Set(id, volume)
		}
	}
	for id := range before.VolumeIDs.All() {
		if of(id) {
			after.VolumeIDs.Add(id)
		}
	}
	copyOf(&after.Usage, before.Usage, of)
	copyOf(&after.Snapshots, before.Snapshots, func(id live.SnapshotID) bool { return of(id.Volume) })
	copyOf(&after.UsedBy, before.UsedBy, of)
	ofPool := func(id lxd.PoolID) bool { return kept[id.Name] }
	copyOf(&after.MemberPools, before.MemberPools, ofPool)
	copyOf(&after.Resources, before.Resources, ofPool)
	copyOf(&after.Unlisted, before.Unlisted, func(name string) bool { return kept[name] })
}

// copyOf copies some entries of a map.
func copyOf[K comparable, V any](to *map[K]V, from map[K]V, some func(K) bool) {
	for key, value := range from {
		if !some(key) {
			continue
		}
		if *to == nil {
			*to = map[K]V{}
		}
		(*to)[key] = value
	}
}
