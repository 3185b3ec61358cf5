package planner

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/migrate"
	"tarn/lxd/schema"
	"tarn/planner/plan"
	"tarn/spec"
)

// Difference is something in which a server is not as a spec says, in terms of the spec: what a plan would undo, and what it could not
// be made for.
type Difference struct {
	Kind    DifferenceKind
	Address string      // of the declaration; of an undeclared volume, that of its pool, "" when that is not declared either
	Object  plan.Object // as the spec calls it; an undeclared one as the server does

	Attr    plan.Attr // of Changed; the driver and the content type are attributes here too
	Server  *string   // what the server has, nil when nothing is set
	Spec    *string   // what the spec says, nil when it wants nothing to be set
	Secret  bool      // neither may be written
	Live    lxd.VolumeID
	Maybe   []lxd.VolumeID // of Gone: undeclared volumes that it may be under another name
	Content string         // of Changed: the content type of the volume, "" for a pool
	Member  string         // of Changed: of the pool on this member
	Driver  string         // of the pool

	Known   string // it is acknowledged, and not asked for by Only: the reason that the block gives; "" when it is not
	KnownAt string // where that block is, "storage.hcl:12"
}

// DifferenceKind says in what a server differs.
type DifferenceKind int

// Kinds of differences.
const (
	Changed    DifferenceKind = iota // an attribute has another value
	Gone                             // it is declared and not there
	Renamed                          // the volume is there as Live: under another name, in another pool, project or member
	Present                          // it is there, though the spec wants it absent
	Undeclared                       // it is the spec's, or in a pool that is exclusively its, and not declared
)

// Attributes that a server never changes.
var (
	driverAttr      = plan.Attr{Name: "driver"}
	contentTypeAttr = plan.Attr{Name: "content_type"}
)

// Differences compares a server with a spec. The diagnostics are about the addresses in the options alone. What is half way, as a move,
// and what belongs to somebody else is no difference here, though a plan may be blocked by it. When something is missing it is to be
// added to the state by [live.ReadDetails], and they are to be worked out anew.
func Differences(want *spec.Spec, state *live.State, opts Options) (all []Difference, missing live.Details, diags hcl.Diagnostics) {
	b := newBuilder(want, state, opts)
	for _, phase := range []func(*builder){
		(*builder).match, (*builder).resolveRenames, (*builder).place,
		(*builder).planPools, (*builder).planVolumes, (*builder).planOrphans, (*builder).planPoolDeletions,
	} {
		phase(b)
	}
	b.diags = nil
	if len(opts.Only) > 0 {
		b.only = b.resolve("--only", opts.Only)
	}
	b.excluded = b.resolve("--exclude", opts.Exclude)
	b.plan.Missing = live.Details{}
	d := &differences{b: b, patches: map[plan.Object][]plan.Change{}, renamed: map[lxd.VolumeID]bool{}}
	d.near, d.namesakes = b.undeclared()
	for _, s := range b.steps {
		switch action := s.Action.(type) {
		case plan.PatchPool:
			d.patches[plan.PoolObject(action.Pool)] = action.Changes
		case plan.PatchVolume:
			d.patches[plan.VolumeObject(action.Volume)] = action.Changes
		}
	}
	for _, pool := range b.sortedPools() {
		d.pool(pool)
	}
	for _, v := range b.sortedVolumes() {
		d.volume(v)
	}
	for _, object := range slices.Concat(b.plan.Orphans, b.plan.Strangers) {
		d.undeclared(object)
	}
	diags = b.diags // an acknowledgment of nothing is told by the plan
	d.acknowledged()
	return d.all, b.plan.Missing, diags
}

// differences are those of a server, while they are collected.
type differences struct {
	b       *builder
	patches map[plan.Object][]plan.Change
	all     []Difference
	renamed map[lxd.VolumeID]bool // live volumes that are declared ones under another name

	near      map[place][]lxd.VolumeID // undeclared volumes
	namesakes map[string][]lxd.VolumeID
	byMark    map[string][]lxd.VolumeID // undeclared volumes that were renamed, by what their mark says; nil before the first look
}

func (d *differences) add(x Difference) {
	if x.Kind == Renamed {
		d.renamed[x.Live] = true
	}
	if d.b.inScope(x.Object) {
		d.all = append(d.all, x)
	}
}

func (d *differences) pool(pool *poolPlan) {
	want, live := pool.want, pool.live
	of := Difference{Address: want.Address, Object: plan.PoolObject(want.Name), Driver: pool.driver}
	switch {
	case live == nil && !want.Absent:
		of.Kind = Gone
		d.add(of)
	case live == nil:
	case want.Absent:
		of.Kind = Present
		d.add(of)
	case live.Status != "" && live.Status != lxd.StatusCreated:
	case want.Driver != "" && want.Driver != live.Driver:
		of.Attr, of.Server, of.Spec = driverAttr, &live.Driver, &want.Driver
		d.add(of)
	case want.Existing:
	default:
		d.changed(of, d.patches[of.Object])
		d.members(of, pool)
	}
}

// members compares what single members of a cluster have of a pool.
func (d *differences) members(of Difference, pool *poolPlan) {
	b := d.b
	if !b.live.Server.Clustered {
		return
	}
	for _, member := range pool.members {
		side := b.live.MemberPools[lxd.PoolID{Name: pool.want.Name, Member: member.Name}]
		if side == nil { // it has not been asked, does not have the pool, or does not answer
			if !b.offline(member.Name) {
				b.plan.Missing.MemberPools = append(b.plan.Missing.MemberPools, lxd.PoolID{Name: pool.want.Name, Member: member.Name})
			}
			continue
		}
		p := newPair(wanted{config: member.Config}, plan.Attributes{Config: side.Config}, rules{
			key: poolKeys(pool.live.Driver), secrets: b.secrets, ignore: pool.want.IgnoreConfig,
			explained: func(string, schema.Key) bool { return true },
			equal:     func(name, value string) bool { return poolKeeps(side, name, value) },
		})
		own := of
		own.Address, own.Member = spec.MemberAddress(pool.want, declaring(pool.want, member)), member.Name
		d.changed(own, p.changes())
	}
}

// declaring is the block that speaks of a member: its own, or that of all.
func declaring(pool *spec.Pool, member *spec.Member) *spec.Member {
	for _, name := range []string{member.Name, spec.AllMembers} {
		if i := slices.IndexFunc(pool.Members, func(m *spec.Member) bool { return m.Name == name }); i >= 0 {
			return pool.Members[i]
		}
	}
	return member
}

// changed adds the changes of a patch. tarn's own marks are no part of a spec.
func (d *differences) changed(of Difference, changes []plan.Change) {
	for _, change := range changes {
		if isMark(change.Attr.Key) || migrate.IsMark(change.Attr.Key) {
			continue
		}
		own := of
		own.Attr, own.Server, own.Spec, own.Secret = change.Attr, change.From, change.To, change.Secret
		if own.Server != nil && *own.Server == "" {
			own.Server = nil
		}
		d.add(own)
	}
}

func (d *differences) volume(v *volumePlan) {
	b, want := d.b, v.want
	if v.unclear {
		return
	}
	of := Difference{Address: want.Address, Object: plan.VolumeObject(v.final()), Driver: v.pool.driver}
	there := v.live
	if b.leaving[v.id()] != nil {
		if there = nil; !v.renamed && !want.Absent {
			return // the server still has it under this name: it is the other declaration that is to go
		}
	}
	switch {
	case want.Absent:
		if there != nil {
			of.Kind, of.Content = Present, there.ContentType
			d.add(of)
		}
	case v.finish || v.sourceUnread || v.source != nil || v.incompleteCopy != nil:
	case v.renamed:
		of.Kind, of.Live = Renamed, v.from
		if other := b.volumes.Get(v.from); other != nil && other != v && !other.renamed {
			of.Kind, of.Live = Gone, lxd.VolumeID{}
		}
		d.add(of)
	case there == nil:
		d.notThere(v, of)
	case want.ContentType != "" && want.ContentType != there.ContentType:
		of.Attr, of.Server, of.Spec = contentTypeAttr, &there.ContentType, &want.ContentType
		d.add(of)
	default:
		of.Content = there.ContentType
		d.changed(of, d.patches[of.Object])
	}
}

// notThere looks for a volume that is gone: somebody has renamed or moved it when another one has the mark that was put on it.
func (d *differences) notThere(v *volumePlan, of Difference) {
	b := d.b
	if d.byMark == nil {
		d.byMark = map[string][]lxd.VolumeID{}
		for id, volume := range b.live.Volumes.All() {
			if was := volume.Config[markedKey]; was != "" && b.volumes.Get(id) == nil && b.leaving[id] == nil && b.markState(volume) == renamed {
				d.byMark[was] = append(d.byMark[was], id)
			}
		}
	}
	found := slices.Clone(d.byMark[markText(v.final())])
	if on := markTextOn(v.final()); on != markText(v.final()) {
		found = append(found, d.byMark[on]...)
	}
	if len(found) == 0 && v.want.Target != "" {
		for _, namesake := range b.namesakes(v.id()) {
			if id := namesake.ID(); b.volumes.Get(id) == nil && b.leaving[id] == nil {
				found = append(found, id)
			}
		}
	}
	of.Kind = Gone
	if len(found) == 1 {
		of.Kind, of.Live = Renamed, found[0]
		d.add(of)
		return
	}
	// What has no config of its own looks like all others that have none, which says nothing.
	for _, c := range append(b.elsewhere(v, d.namesakes[v.final().Name]), b.nearby(v, d.near[placeOf(v.final())]).candidates...) {
		if c.like != sameConfig || len(v.want.Config) > 0 {
			of.Maybe = append(of.Maybe, c.live.ID())
		}
	}
	d.add(of)
}

// acknowledged marks what the spec acknowledges today. What somebody asks for by name is meant all the same.
func (d *differences) acknowledged() {
	if len(d.b.only) > 0 {
		return
	}
	d.b.acknowledge()
	for i := range d.all {
		x := &d.all[i]
		known, _ := d.b.plan.KnownBy(func(a *plan.Acknowledgment) bool {
			if x.Kind == Changed {
				return a.CoversChange([]plan.Object{x.Object}, x.Attr)
			}
			return a.CoversAny([]plan.Object{x.Object})
		})
		if known != nil {
			x.Known, x.KnownAt = known.Reason, fmt.Sprintf("%s:%d", known.Place.Filename, known.Place.Start.Line)
		}
	}
}

func (d *differences) undeclared(object plan.Object) {
	if d.renamed[object.Volume] {
		return // it is a declared one
	}
	of := Difference{Kind: Undeclared, Object: object, Live: object.Volume}
	if pool := d.b.pools[object.Pool]; pool != nil && !object.IsPool() {
		of.Address, of.Driver = pool.want.Address, pool.driver
		of.Content = cmp.Or(d.b.live.Volumes.Get(object.Volume).ContentType, lxd.ContentFilesystem)
	}
	d.add(of)
}

// OnlyMarks tells whether a step changes nothing but tarn's own marks on an object.
func OnlyMarks(step *plan.Step) bool {
	var changes []plan.Change
	switch action := step.Action.(type) {
	case plan.PatchPool:
		changes = action.Changes
	case plan.PatchVolume:
		changes = action.Changes
	}
	return len(changes) > 0 && !slices.ContainsFunc(changes, func(c plan.Change) bool { return !isMark(c.Attr.Key) })
}
