package planner

import (
	"fmt"
	"maps"
	"slices"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/schema"
	"tarn/planner/plan"
	"tarn/spec"
)

// offline tells whether a cluster member does not answer. One that was evacuated does.
func (b *builder) offline(member string) bool { return offline(b.live, member) }

// offline tells whether a server's cluster has a member that does not answer.
func offline(state *live.State, member string) bool {
	return slices.ContainsFunc(state.Members, func(m *lxd.Member) bool { return m.Name == member && m.Status == lxd.MemberOffline })
}

// guardMembers blocks the steps that need a member which is offline. Lists come from the cluster's database, so that nothing
// is missing from them; but every change of a pool goes to all members, and that of a volume to the one that has it (seen on
// LXD 5.0.2, which leaves a pool Errored when it finds out half way).
func (b *builder) guardMembers() {
	var offline []string
	for _, member := range b.live.Members {
		if b.offline(member.Name) {
			offline = append(offline, member.Name)
		}
	}
	slices.Sort(offline)
	if len(offline) == 0 {
		return
	}
	const hint = "bring it back, or plan without this"
	blocked := map[plan.Object]bool{}
	block := func(object plan.Object, why string) {
		if !blocked[object] {
			blocked[object] = true
			b.block(plan.MemberOffline, object, hint, "%s", why)
		}
	}
	for _, step := range b.steps {
		object := step.Action.Object()
		if object.IsPool() {
			what := fmt.Sprintf("the cluster member %s is offline", offline[0])
			if len(offline) > 1 {
				what = fmt.Sprintf("the cluster members %s are offline", plan.List(offline))
			}
			block(object, "all members have to take part, and "+what)
			continue
		}
		for _, id := range []lxd.VolumeID{object.Volume, step.result().Volume} {
			if b.offline(id.Member) {
				block(plan.VolumeObject(id), fmt.Sprintf("its cluster member %s is offline", id.Member))
			}
		}
	}
}

// membersOf is the config that members have of a pool for themselves: what the spec says of all is said of each, and what it says
// of one goes before that, key by key.
func (b *builder) membersOf(want *spec.Pool) []*spec.Member {
	at := slices.IndexFunc(want.Members, func(m *spec.Member) bool { return m.Name == spec.AllMembers })
	if at < 0 || !b.live.Server.Clustered {
		return want.Members
	}
	all := want.Members[at]
	named := map[string]*spec.Member{}
	for _, member := range b.live.Members {
		named[member.Name] = &spec.Member{Name: member.Name, Config: all.Config, Ranges: all.Ranges}
	}
	for _, member := range want.Members {
		if member != all {
			config := maps.Clone(all.Config)
			if config == nil {
				config = spec.Config{}
			}
			maps.Copy(config, member.Config)
			named[member.Name] = &spec.Member{Name: member.Name, Config: config, Ranges: member.Ranges}
		}
	}
	members := make([]*spec.Member, 0, len(named))
	for _, name := range slices.Sorted(maps.Keys(named)) {
		members = append(members, named[name])
	}
	return members
}

// checkClustered reports config for members on a server that has none.
func (b *builder) checkClustered(pool *poolPlan) {
	if len(pool.members) == 0 || b.live.Server.Clustered {
		return
	}
	first, who := pool.members[0], "every member of a cluster"
	if first.Name != spec.AllMembers {
		who = fmt.Sprintf("the cluster member %q", first.Name)
	}
	b.errorf(first.Ranges.Block, "Server is not clustered", "Pool %q has config for %s, but %s at %s has no members. Move it to the pool's config.",
		pool.want.Name, who, b.live.Server, b.live.Address)
}

// compareMembers looks at the config that single members have of a pool. It is given when the pool is created, and nearly
// none of it can be changed afterwards.
func (b *builder) compareMembers(pool *poolPlan) {
	object, key := plan.PoolObject(pool.want.Name), poolKeys(pool.live.Driver)
	if !b.live.Server.Clustered {
		return
	}
	tool := b.live.Server.Program()
	for _, member := range pool.members {
		switch {
		case b.offline(member.Name):
			continue // it does not tell
		case b.memberGone(member.Name):
			continue // told already
		case len(pool.live.Locations) > 0 && !slices.Contains(pool.live.Locations, member.Name):
			b.block(plan.MemberWithoutPool, object, "create it there by hand, or leave that member out of the spec", "the cluster member %s does not have it", plan.Plain(member.Name))
			continue
		}
		id := lxd.PoolID{Name: pool.want.Name, Member: member.Name}
		own := b.side("", id)
		if own == nil {
			continue
		}
		p := newPair(wanted{config: member.Config}, plan.Attributes{Config: own.Config}, rules{
			key:       key,
			secrets:   b.secrets,
			ignore:    pool.want.IgnoreConfig,
			explained: func(string, schema.Key) bool { return true }, // what is the same everywhere is the pool's
			equal:     func(name, value string) bool { return poolKeeps(own, name, value) },
		})
		changes := p.changes()
		b.guardRefused(object, member.Name, changes, key)
		for _, change := range changes {
			name, _ := change.Attr.ConfigKey()
			known, _ := key(name)
			if b.refuses(known, change).code != "" {
				continue // told already
			}
			b.block(plan.MemberDiffers, object, fmt.Sprintf("change it by hand with \"%s storage set --target %s\", or write what it has", tool, lxd.ShellWord(member.Name)),
				"on the cluster member %s it has %s = %s, and the spec wants %s", plan.Plain(member.Name), name, plan.Shown(change.From, change.Secret), plan.Shown(change.To, change.Secret))
		}
	}
}
