package planner

import (
	"slices"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/planner/plan"
)

// guardSides blocks steps on volumes whose pool does not work on the cluster member that has them, or is to get them. The list of pools
// tells how each is on the member that answers, and only on that one. LXD 5.0.2 renames such a volume all the same, in its database
// alone, so that afterwards it finds no data under the new name.
func (b *builder) guardSides() {
	for _, side := range sidesOf(b.steps) {
		if b.live.Pools[side.Name] == nil || broken(b.live.Pools[side.Name]) {
			continue // yet to be created, or told already
		}
		if pool := b.side("", side); broken(pool) {
			b.block(plan.NeedsRepair, plan.PoolObject(side.Name), "repair it there by hand and plan again", "on the cluster member %s its status is %s, so it needs repair",
				plan.Plain(side.Member), plan.Plain(pool.Status))
		}
	}
}

// sidesOf are the sides of pools, one on each member of a cluster, that have or get a volume that a step works on.
func sidesOf(steps []*step) []lxd.PoolID {
	var sides []lxd.PoolID
	for _, step := range steps {
		for _, id := range []lxd.VolumeID{step.Action.Object().Volume, step.result().Volume} {
			side := lxd.PoolID{Name: id.Pool, Member: id.Member}
			if id.Member != "" && !slices.Contains(sides, side) {
				sides = append(sides, side)
			}
		}
	}
	return sides
}

// side is a pool as a member of a cluster has it, nil when that is not known. The plan asks for it; remote is the server, "" for this
// one.
func (b *builder) side(remote string, id lxd.PoolID) *lxd.Pool {
	state := b.stateOf(remote)
	if !state.Server.Clustered || id.Member == "" || offline(state, id.Member) {
		return nil
	}
	b.askOf(remote, func(missing *live.Details) {
		if !slices.Contains(missing.MemberPools, id) {
			missing.MemberPools = append(missing.MemberPools, id)
		}
	})
	return state.MemberPools[id]
}

// broken tells whether a pool does not work. One that nobody has looked at does.
func broken(pool *lxd.Pool) bool {
	return pool != nil && pool.Status != "" && pool.Status != lxd.StatusCreated
}
