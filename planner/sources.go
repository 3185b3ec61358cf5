package planner

import (
	"maps"
	"slices"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/planner/plan"
	"tarn/spec"
)

// checkSources blocks new pools that would be made of what a pool of the server has already, or of something inside of that. The server
// refuses the first half way, and takes the second, which then goes when the outer one goes.
func (b *builder) checkSources() {
	type place struct {
		member string
		source schema.Source
	}
	var taken map[place]string
	for _, pool := range b.sortedPools() {
		if pool.want.Absent || pool.want.Existing || pool.live != nil || pool.want.ReusesSource() {
			continue
		}
		sources := map[string]spec.Value{"": pool.want.Config["source"]}
		for _, member := range pool.want.Members {
			sources[member.Name] = member.Config["source"]
		}
		for _, member := range slices.Sorted(maps.Keys(sources)) {
			value := sources[member]
			at, ok := schema.SourceOf(pool.driver, value.Text)
			if !ok {
				continue
			}
			if taken == nil {
				taken = map[place]string{}
				for side, live := range b.poolSides() {
					for _, key := range []string{"source", "volatile.initial_source"} {
						if source, ok := schema.SourceOf(live.Driver, live.Config[key]); ok {
							taken[place{side.Member, source}] = side.Name
						}
					}
				}
			}
			for i, candidate := range append([]schema.Source{at}, at.Around()...) {
				other, found := taken[place{member, candidate}]
				if !found {
					continue
				}
				words := "%s has the pool %s made of %s already"
				if i > 0 {
					words = "%s has the pool %s, and %s is inside of its source and would go with it"
				}
				hint := "give it another source"
				if b.pools[other] != nil && b.pools[other].want.Absent {
					hint += ", or apply the end of the other pool first"
				}
				b.block(plan.SourceInUse, plan.PoolObject(pool.want.Name), hint, words, b.live.Server, plan.Plain(other), value.Quoted())
				break
			}
		}
	}
}

// poolSides are the live pools as single members have them. Those of a cluster are asked for.
func (b *builder) poolSides() map[lxd.PoolID]*lxd.Pool {
	sides := map[lxd.PoolID]*lxd.Pool{}
	for name, live := range b.live.Pools {
		sides[lxd.PoolID{Name: name}] = live
		if !b.live.Server.Clustered || live.Status != lxd.StatusCreated && live.Status != "" {
			continue
		}
		for _, member := range b.live.Members {
			if side := b.memberPool(lxd.PoolID{Name: name, Member: member.Name}); side != nil {
				sides[lxd.PoolID{Name: name, Member: member.Name}] = side
			}
		}
	}
	return sides
}

// memberPool is what a member of the cluster has of a pool, nil when that is not known. The plan asks for it.
func (b *builder) memberPool(id lxd.PoolID) *lxd.Pool {
	if b.offline(id.Member) {
		return nil
	}
	if !slices.Contains(b.plan.Missing.MemberPools, id) {
		b.plan.Missing.MemberPools = append(b.plan.Missing.MemberPools, id)
	}
	return b.live.MemberPools[id]
}
