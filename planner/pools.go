package planner

import (
	"maps"
	"slices"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/planner/plan"
)

// planPools plans the pools that the spec keeps; the others have to wait until their volumes are planned.
func (b *builder) planPools() {
	for _, pool := range b.sortedPools() {
		want := pool.want
		switch {
		case want.Absent:
		case want.Existing:
			b.checkExisting(pool)
		case pool.live == nil:
			b.checkMemberKeys(pool)
			b.guardPoolLookalike(want.Name)
			b.createPool(pool, "not on the server")
		case b.live.Server.Clustered && pool.unfinished():
			b.checkMemberKeys(pool)
			if b.ownedByOther(plan.PoolObject(pool.want.Name), pool.live.Config) {
				continue
			}
			b.createPool(pool, "unfinished, its status is "+plan.Plain(pool.live.Status))
		default:
			b.checkMemberKeys(pool)
			b.compareMembers(pool)
			b.patchPool(pool)
		}
	}
}

// unfinished tells whether a creation broke off that can be taken up again.
func (p *poolPlan) unfinished() bool {
	return p.live.Driver == p.want.Driver && (p.live.Status == lxd.StatusPending || p.live.Status == lxd.StatusErrored)
}

// otherDriver tells whether the pool is there with another driver than the spec says.
func (p *poolPlan) otherDriver() bool {
	return p.live != nil && p.want.Driver != "" && !p.want.Absent && p.want.Driver != p.live.Driver
}

// checkExisting looks at somebody else's pool, which has to be there and sound when volumes are to live in it.
func (b *builder) checkExisting(pool *poolPlan) {
	if pool.live == nil {
		b.notThere(plan.PoolObject(pool.want.Name), pool.want.Name, slices.Sorted(maps.Keys(b.live.Pools)), "create it, or take existing out",
			"it is declared as existing, and %s has no such pool", b.there())
		return
	}
	if want := pool.want; pool.otherDriver() {
		b.block(plan.CannotChange, plan.PoolObject(want.Name), "write the driver that it has", "it is declared with the driver %s, and has the driver %s",
			want.Driver, plan.Plain(pool.live.Driver))
	}
	b.checkStatus(pool.live)
}

func (b *builder) checkStatus(live *lxd.Pool) {
	if status := live.Status; status != "" && status != lxd.StatusCreated {
		b.block(plan.NeedsRepair, plan.PoolObject(live.Name), "repair it by hand and plan again", "its status is %s, so it needs repair", status)
	}
}

// guardUndeclaredPools looks at the pools that the spec does not declare, and that volumes leave or are deleted from all the same.
// LXD 5.0.2 renames a volume of a pool that it cannot reach in its database alone.
func (b *builder) guardUndeclaredPools() {
	looked := map[string]bool{}
	for _, step := range b.steps {
		name := step.Action.Object().Pool
		if live := b.live.Pools[name]; live != nil && b.pools[name] == nil && !looked[name] {
			looked[name] = true
			b.checkStatus(live)
		}
	}
}

func (b *builder) createPool(pool *poolPlan, reason string) {
	want := pool.want
	if b.live.Restricted() {
		b.notAllowed(plan.PoolObject(want.Name), "it is not there", "create")
	}
	key := poolKeys(want.Driver)
	action := plan.CreatePool{Pool: want.Name, Driver: want.Driver, Attributes: b.wantPool(want).attributes(key, b.secrets)}
	if b.live.Server.Clustered {
		action.Members = map[string]map[string]string{}
		for _, member := range pool.members {
			own := wanted{config: member.Config}.attributes(key, b.secrets)
			action.Members[member.Name] = own.Config
			if action.Secret == nil {
				action.Secret = own.Secret
			}
			maps.Copy(action.Secret, own.Secret)
		}
	}
	pool.config = action.Config
	b.add(action, reason)
}

// checkMemberKeys reports keys in a pool's config that a cluster wants for each member by itself, and keys in member blocks
// of which this server has only one value.
func (b *builder) checkMemberKeys(pool *poolPlan) {
	if !b.live.Server.Clustered {
		return
	}
	for _, name := range pool.want.Config.Keys() {
		if key, _ := schema.PoolKey(pool.driver, name); b.own(key).Member {
			b.errorf(pool.want.Config[name].Range, "Config key belongs to a member",
				"%s at %s is a cluster, where %s has a value for each member. Move it into member blocks of pool %q.",
				b.live.Server, b.live.Address, name, pool.want.Name)
		}
	}
	for _, member := range pool.members {
		for _, name := range member.Config.Keys() {
			if key, ok := schema.PoolKey(pool.driver, name); ok && key.MemberSomewhere() && !b.own(key).Member {
				b.errorf(member.Config[name].Range, "Config key belongs to the pool",
					"On %s at %s, %s has one value for the whole cluster. Move it into the config of pool %q.",
					b.live.Server, b.live.Address, name, pool.want.Name)
			}
		}
	}
}

func (b *builder) patchPool(pool *poolPlan) {
	want, live := pool.want, pool.live
	object := plan.PoolObject(want.Name)
	if pool.otherDriver() {
		b.block(plan.CannotChange, object, "write the driver that it has, or declare a pool of another name and move the volumes there with renamed_from",
			"it has the driver %s, the spec wants %s, and servers do not convert a pool", plan.Plain(live.Driver), want.Driver)
		return
	}
	b.checkStatus(pool.live)
	if b.ownedByOther(object, live.Config) {
		return
	}
	if live.Config == nil {
		if want.Description != nil && *want.Description != live.Description {
			changes := []plan.Change{{Attr: plan.Description, From: &live.Description, To: want.Description}}
			b.notAllowed(object, "its description differs", "change")
			b.add(plan.PatchPool{Pool: want.Name, Changes: changes}, patchReason(changes))
		}
		b.notice(plan.ConfigHidden, object, "The server does not show the config of pool %s to this client, so it was not compared.", want.Name)
		return
	}

	wanted, key := b.wantPool(want), poolKeys(live.Driver)
	p := newPair(wanted, plan.PoolAttributes(live), rules{
		key:     key,
		secrets: b.secrets,
		ignore:  want.IgnoreConfig,
		explained: func(name string, known schema.Key) bool {
			return b.live.Server.Clustered && known.Member // shown only by the member that has it
		},
		equal: func(name, value string) bool { return poolKeeps(live, name, value) },
	})
	for _, name := range p.unknown {
		b.notice(plan.UnknownKey, object, "Pool %s has config key %s, which tarn does not know; it is left alone.", plan.Plain(want.Name), plan.Plain(name))
	}
	changes := p.changes()
	b.guardRefused(object, "", changes, key)
	if len(changes) == 0 {
		return
	}
	pool.config = patched(live.Config, changes)
	taken, why := b.takesOver(live.Config)
	b.add(plan.PatchPool{Pool: want.Name, Changes: changes, TakesOver: taken}, why+patchReason(changes))
}

// poolKeeps tells whether a pool has the value of a key, though the server keeps it in another form than it was given.
func poolKeeps(live *lxd.Pool, name, value string) bool {
	given, replaced := live.Config["volatile.initial_source"]
	switch name {
	case "source":
		return sameSource(live.Driver, value, live.Config["source"]) || replaced && sameSource(live.Driver, value, given)
	case "size":
		// A pool on a device or in a directory of the author's has the size of that; the server drops the key.
		_, kept := live.Config["size"]
		return !kept && replaced && given != ""
	}
	return false
}

// sameSource tells whether two texts name one source of a pool: a path may end with a slash.
func sameSource(driver, a, b string) bool {
	x, xThere := schema.SourceOf(driver, a)
	y, yThere := schema.SourceOf(driver, b)
	return a == b || xThere && yThere && x == y
}

// planPoolDeletions plans the pools that the spec wants gone, now that it is known what happens to their volumes.
func (b *builder) planPoolDeletions() {
	for _, pool := range b.sortedPools() {
		if !pool.want.Absent || pool.live == nil {
			continue
		}
		object := plan.PoolObject(pool.want.Name)
		if pool.live.Config == nil {
			b.notAllowed(object, "it is absent in the spec and there on the server", "delete")
			continue
		}
		if b.ownedByOther(object, pool.live.Config) || b.protected(object, pool.live.Config) {
			continue
		}
		b.plan.Missing.Unlisted = append(b.plan.Missing.Unlisted, pool.want.Name)
		if users := b.remainingUsers(pool.live); len(users) > 0 {
			b.blockUsed(plan.NotEmpty, object, users, "delete or move these first", "it is still used by %s", plan.ListUsers(users))
		}
		b.add(plan.DeletePool{Pool: pool.want.Name, Seen: b.sawPool(pool.live)}, "absent")
	}
}

// remainingUsers are what keeps the server from deleting a pool after the rest of the plan is done.
func (b *builder) remainingUsers(pool *lxd.Pool) []plan.User {
	var remaining []plan.User
	users := plan.UsersOf(b.live.Uses(pool.UsedBy))
	for _, id := range b.live.Unlisted[pool.Name] {
		users = append(users, plan.User{Kind: lxd.UsedByVolume, Volume: id})
	}
	for _, user := range users {
		switch user.Kind {
		case lxd.UsedByImage, lxd.UsedBySnapshot: // go with the pool, and with their volume
			continue
		case lxd.UsedByVolume:
			if v := b.leaving[user.Volume]; v != nil && v.final().Pool == pool.Name {
				user.Volume = v.final() // under another name
			} else if v != nil || b.deleted[user.Volume] {
				continue
			}
		}
		remaining = append(remaining, user)
	}
	return plan.SortUsers(remaining)
}

func poolKeys(driver string) func(string) (schema.Key, bool) {
	return func(name string) (schema.Key, bool) { return schema.PoolKey(driver, name) }
}
