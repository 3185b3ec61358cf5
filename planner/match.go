package planner

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/migrate"
	"tarn/lxd/schema"
	"tarn/planner/plan"
	"tarn/spec"
)

// poolPlan is one declared pool on its way into the plan.
type poolPlan struct {
	want   *spec.Pool
	live   *lxd.Pool // nil when it is not on the server
	driver string

	// members are the config of single members as the spec wants it: in a cluster, one for each that has some, with what all have.
	members []*spec.Member

	// config is what volumes inherit from: that of the live pool, and from the phase planPools on as it will be after the plan.
	config map[string]string
}

// match brings the spec's pools and volumes together with their live counterparts, in an order that does not depend on
// the order of declaration.
func (b *builder) match() {
	for _, want := range b.want.Pools {
		pool := &poolPlan{want: want, live: b.live.Pools[want.Name], driver: want.Driver, members: b.membersOf(want)}
		if pool.live != nil {
			pool.driver = pool.live.Driver
			pool.config = pool.live.Config
		}
		b.pools[want.Name] = pool
		for _, volume := range want.Volumes {
			b.matchVolume(pool, volume)
		}
	}
}

func (b *builder) matchVolume(pool *poolPlan, want *spec.Volume) {
	id := lxd.VolumeID{
		Project: b.live.EffectiveProject(cmp.Or(want.Project, b.opts.Project)),
		Pool:    pool.want.Name,
		Type:    lxd.TypeCustom,
		Name:    want.Name,
	}
	if want.Target != "" {
		if !b.live.Server.Clustered {
			b.errorf(want.Ranges.Of("target"), "Server is not clustered",
				"Volume %q names the cluster member %q, but %s at %s has no members. Remove target.",
				want.Name, want.Target, b.live.Server, b.live.Address)
			return
		}
		id.Member = want.Target
	}
	if driver, known := schema.Lookup(pool.driver); known && driver.Remote {
		id.Member = "" // all members share the pool
	}
	found, ok := b.findVolume(id)
	if !ok {
		v := b.newVolumePlan(want, pool, id, nil)
		b.volumes.Set(v.id(), v)
		b.guardSeveral(v, id, "say which one is meant with target, or delete the other by hand", "several cluster members have a volume of that name")
		return
	}
	matched := id
	if found != nil {
		matched = found.ID()
	}
	v := b.newVolumePlan(want, pool, matched, found)
	b.matchMove(v)
	switch from := want.RenamedFrom; {
	case from == nil:
	case b.opts.local(from.Remote):
		b.matchFrom(v, id)
	default:
		b.matchRemote(v)
	}
	b.matchCopy(v)
	if other := b.volumes.Get(v.id()); other != nil {
		b.errorf(want.Ranges.Of("name"), "Duplicate volume",
			"%s and %s are one and the same on the server, volume %s of project %q.", want.Address, other.want.Address, v.id(), v.id().Project)
		return
	}
	b.volumes.Set(v.id(), v)
}

// matchMove looks at what a move to a volume that did not come to its end has left. Package migrate has the table.
func (b *builder) matchMove(v *volumePlan) {
	v.moveState, v.leftover = migrate.StateOf(v.live, v.id()), b.leftover(b.live, v.id())
	left := migrate.StateOf(v.leftover, v.id())
	switch v.moveState {
	case migrate.Arrived, migrate.Moving:
		v.finish = true
	case migrate.Absent:
		// What had arrived, or was whole, is to get its name back.
		v.finish = v.leftover != nil && left != migrate.Migrating && left != migrate.Moving
	case migrate.Plain:
		switch {
		case v.leftover == nil:
		case v.want.RenamedFrom == nil && left == migrate.Moving: // the source of a move that the spec no longer tells of: nobody knows whose it is
			b.notice(plan.MoveOfOthers, plan.VolumeObject(v.id()), "%s is what %s was moved from, and on its way out. Say so with renamed_from, or delete it by hand.",
				plan.Capital(plan.VolumeObject(v.leftover.ID()).String()), plan.VolumeName(v.id()))
		default:
			v.finish = true
		}
	case migrate.Migrating:
		if v.want.RenamedFrom != nil || v.want.CopyOf != nil {
			v.incompleteCopy, v.live = v.live, nil // where it comes from everything is still there
		}
	}
}

// matchFrom finds the volume of this server that a volume was called before. id is as the spec has it.
func (b *builder) matchFrom(v *volumePlan, id lxd.VolumeID) {
	v.from = id
	v.from.Name = v.want.RenamedFrom.Name
	v.from.Pool = cmp.Or(v.want.RenamedFrom.Pool, id.Pool)
	v.from.Project = b.live.EffectiveProject(cmp.Or(v.want.RenamedFrom.Project, v.want.Project, b.opts.Project))
	if withoutMember(v.from) == withoutMember(v.id()) {
		b.matchMember(v)
		return
	}
	source, ok := b.findVolume(v.from)
	if source == nil {
		elsewhere := v.from
		elsewhere.Member = ""
		source, ok = b.findVolume(elsewhere)
	}
	v.ambiguous = !ok
	if source != nil {
		v.from = source.ID()
	} else if v.live == nil && v.leftover != nil {
		v.finish = true
	}
}

// matchMember finds the volume of the same name on another cluster member that is to come to this one.
func (b *builder) matchMember(v *volumePlan) {
	found := slices.DeleteFunc(slices.Clone(b.namesakes(v.id())), func(volume *lxd.Volume) bool { return volume.ID() == v.id() })
	switch {
	case len(found) == 1:
		v.from = found[0].ID()
	case len(found) > 1:
		v.ambiguous = true
	default:
		v.from = lxd.VolumeID{} // it is where it should be, or nowhere
		v.finish = v.finish || v.live == nil && v.leftover != nil
		if v.finish {
			// The source may be on its way out, which tells where it was. Else nobody knows that any more.
			v.from = v.id()
			if v.leftover != nil && v.leftover.Location != "" {
				v.from.Member = v.leftover.Location
			}
		}
	}
}

// findVolume gives the live volume that id means, as volumeOf does, for the many that a spec declares.
func (b *builder) findVolume(id lxd.VolumeID) (volume *lxd.Volume, ok bool) {
	if !b.live.Server.Clustered || id.Member != "" {
		return b.live.Volumes.Get(id), true
	}
	switch found := b.namesakes(id); len(found) {
	case 0:
		return nil, true
	case 1:
		return found[0], true
	}
	volume = b.live.Volumes.Get(id)
	return volume, volume != nil
}

// volumeOf gives the volume of a server that id means, nil when there is none. Without a member it is the only one of that
// name; ok is false when there are several.
func volumeOf(live *live.State, id lxd.VolumeID) (volume *lxd.Volume, ok bool) {
	if volume := live.Volumes.Get(id); volume != nil || !live.Server.Clustered || id.Member != "" {
		return volume, true
	}
	for other, candidate := range live.Volumes.All() {
		if other.Member = ""; other == id {
			if volume != nil {
				return nil, false
			}
			volume = candidate
		}
	}
	return volume, true
}

// matchRemote finds the volume of another server that is to become this one. When this one is there nobody needs to ask.
func (b *builder) matchRemote(v *volumePlan) {
	from := v.want.RenamedFrom
	if v.live != nil && !v.finish || v.want.Absent {
		return
	}
	pool := cmp.Or(from.Pool, v.id().Pool)
	project := cmp.Or(from.Project, v.want.Project, b.opts.Project)
	there, read := b.opts.Remotes[from.Remote]
	if !read {
		v.sourceUnread = true
		b.askRemote(from.Remote, pool, project, from.Name)
		return
	}
	id := lxd.VolumeID{Project: there.EffectiveProject(project), Pool: pool, Type: lxd.TypeCustom, Name: from.Name}
	source, ok := volumeOf(there, id)
	if !ok {
		v.unclear = true
		b.block(plan.SeveralMembers, plan.VolumeObject(v.final()), fmt.Sprintf("bring it here with \"%s storage volume move\"", there.Server.Program()),
			"several members of the cluster %s have a volume %s, where it comes from", plan.Plain(from.Remote), plan.VolumeName(id))
	}
	v.source, v.sourceID = source, id
	switch leaving := b.leftover(there, v.id()); {
	case source != nil:
		v.sourceID = source.ID()
	case v.live == nil && leaving != nil:
		v.finish, v.leftover = true, leaving
	case v.live == nil && v.leftover != nil:
		v.finish = true
	}
}

func (b *builder) sortedPools() []*poolPlan {
	pools := make([]*poolPlan, 0, len(b.pools))
	for _, pool := range b.pools {
		pools = append(pools, pool)
	}
	slices.SortFunc(pools, func(x, y *poolPlan) int { return strings.Compare(x.want.Name, y.want.Name) })
	return pools
}

// sortedVolumes are the declared volumes in order. It is sorted once all are matched.
func (b *builder) sortedVolumes() []*volumePlan {
	if len(b.sorted) == b.volumes.Len() {
		return b.sorted
	}
	volumes := make([]*volumePlan, 0, b.volumes.Len())
	for _, volume := range b.volumes.All() {
		volumes = append(volumes, volume)
	}
	slices.SortFunc(volumes, func(x, y *volumePlan) int {
		if x.pool == y.pool && x.want.Name != y.want.Name { // as mostly, and nothing need be copied
			return strings.Compare(x.want.Name, y.want.Name)
		}
		return x.id().Compare(y.id())
	})
	b.sorted = volumes
	return volumes
}

// namesakes are the live volumes of a name on all members of a cluster.
func (b *builder) namesakes(id lxd.VolumeID) []*lxd.Volume {
	if b.byName == nil {
		b.byName = make(map[lxd.VolumeID][]*lxd.Volume, b.live.Volumes.Len())
		for id, volume := range b.live.Volumes.All() {
			b.byName[withoutMember(id)] = append(b.byName[withoutMember(id)], volume)
		}
	}
	return b.byName[withoutMember(id)]
}
