package planner

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/spec"
)

// Options are what a command can ask for besides what the spec says.
type Options struct {
	Remote     string // the server's name for people
	Project    string // for volumes whose declaration names none; "" is the default project
	MaxDeletes *int   // a plan that deletes more is blocked; nil for no limit
	Prune      bool   // delete orphans
	Adopt      bool   // take over what is marked as another owner's

	ShowUnmanaged bool // list what the spec does not name

	// Only are pools and volumes that the plan is narrowed to, with what their steps need; empty for all. An object is
	// named as plans print it (fast, fast/pgdata), by the address of its block (pool.fast.volume.pgdata), or with others by
	// a pattern (fast/*).
	Only []string

	// Sources are other servers that volumes may come from, by their remotes' names, as far as [Plan.Sources] asked.
	Sources map[string]*lxd.State
}

// Scope says what has to be read so that a plan for the spec can be made.
func Scope(want *spec.Spec, opts Options) lxd.Scope {
	scope := lxd.Scope{Pools: map[string]lxd.Names{}, Owner: want.Settings.Owner, Projects: []string{opts.Project}}
	add := func(pool string, names ...string) {
		if have, ok := scope.Pools[pool]; !ok || have != nil {
			scope.Pools[pool] = append(append(lxd.Names{}, have...), names...)
		}
	}
	for _, pool := range want.Pools {
		if pool.Exclusive {
			scope.Pools[pool.Name] = nil
		}
		names := make([]string, 0, len(pool.Volumes))
		for _, volume := range pool.Volumes {
			names = append(names, volume.Name)
			if volume.Project != "" && !slices.Contains(scope.Projects, volume.Project) {
				scope.Projects = append(scope.Projects, volume.Project)
			}
			if from := volume.RenamedFrom; from != nil && opts.local(from.Remote) {
				if from.Pool == "" || from.Pool == pool.Name {
					names = append(names, from.Name)
				} else {
					add(from.Pool, from.Name)
				}
			}
		}
		add(pool.Name, names...)
	}
	return scope
}

// local tells whether a remote is the server that the plan is for.
func (o Options) local(remote string) bool { return remote == "" || remote == o.Remote }

// New plans how the server gets from live to want. Diagnostics with errors say why there is no plan; blockers in the plan
// say why it must not be carried out.
func New(want *spec.Spec, live *lxd.State, opts Options) (*Plan, hcl.Diagnostics) {
	b := &builder{
		want:    want,
		live:    live,
		opts:    opts,
		plan:    &Plan{Server: ServerOf(live, opts.Remote, opts.Project)},
		pools:   map[string]*poolPlan{},
		volumes: map[lxd.VolumeID]*volumePlan{},
		leaving: map[lxd.VolumeID]*volumePlan{},
		deleted: map[lxd.VolumeID]bool{},
		kept:    map[lxd.VolumeID]*volumePlan{},
		wonder:  map[lxd.VolumeID]bool{},
		secrets: sensitive(want),
	}
	b.declare()
	b.resolveRenames()
	b.checkServer()
	b.planPools()
	b.planVolumes()
	b.planOrphans()
	b.planPoolDeletions()
	if b.diags.HasErrors() {
		return nil, b.diags
	}
	link(b.steps)
	b.narrow()
	if b.diags.HasErrors() {
		return nil, b.diags
	}
	b.guardDeletes()
	b.guardMembers()
	b.guardUndeclared()
	b.fit()
	b.plan.Steps = order(b.steps)
	b.plan.Seen, b.plan.From = b.sawAll(), b.from()
	for _, notice := range b.notices {
		b.plan.Notices = append(b.plan.Notices, notice.text)
	}
	b.count()
	return b.plan, b.diags
}

// ServerOf says which server has been read.
func ServerOf(live *lxd.State, remote, project string) Server {
	return Server{
		Remote:      remote,
		Version:     live.Server.String(),
		Address:     live.Address,
		Project:     cmp.Or(project, lxd.DefaultProject),
		Fingerprint: live.Server.Fingerprint(),
	}
}

// Same tells whether two are one and the same server, whatever it is called: by the certificate where both show one.
func (s Server) Same(other Server) bool {
	if s.Fingerprint != "" && other.Fingerprint != "" {
		return s.Fingerprint == other.Fingerprint
	}
	return s.Address == other.Address
}

// builder holds a plan while it is made.
type builder struct {
	want  *spec.Spec
	live  *lxd.State
	opts  Options
	plan  *Plan
	diags hcl.Diagnostics
	steps []*draft

	pools   map[string]*poolPlan
	volumes map[lxd.VolumeID]*volumePlan // by the name that the spec wants
	leaving map[lxd.VolumeID]*volumePlan // live volumes that are renamed or moved away, by their live name
	deleted map[lxd.VolumeID]bool
	secrets map[string]bool              // values that the spec gives as sensitive
	kept    map[lxd.VolumeID]*volumePlan // live volumes that a declared one was called before, and both are there
	wonder  map[lxd.VolumeID]bool        // volumes of which the plan asks how full they are

	byName map[lxd.VolumeID][]*lxd.Volume // live volumes on whichever member, nil before the first look

	notices []notice
	named   map[Object]bool // what Options.Only names
}

// notice is something that the reader should know about an object.
type notice struct {
	object Object
	text   string
}

// poolPlan is one declared pool on its way into the plan.
type poolPlan struct {
	want   *spec.Pool
	live   *lxd.Pool // nil when it is not on the server
	driver string
	config map[string]string // as it will be after the plan, for the defaults that volumes inherit
}

// volumePlan is one declared volume on its way into the plan.
type volumePlan struct {
	want *spec.Volume
	pool *poolPlan
	id   lxd.VolumeID // as the spec wants it
	live *lxd.Volume  // as it is on the server under that name, nil when it is not
	from lxd.VolumeID // what it was called before, zero for nothing
	take bool         // the live volume from becomes this one

	unclear bool // several members have a volume of the name from

	// source is a volume on another server that becomes this one, nil for none; unread tells that nobody has looked yet.
	source *lxd.Volume
	unread bool
}

// declare brings the spec's pools and volumes together with their live counterparts, in an order that does not depend on
// the order of declaration.
func (b *builder) declare() {
	for _, want := range b.want.Pools {
		pool := &poolPlan{want: want, live: b.live.Pools[want.Name], driver: want.Driver}
		if pool.live != nil {
			pool.driver = pool.live.Driver
			pool.config = pool.live.Config
		}
		b.pools[want.Name] = pool
		for _, volume := range want.Volumes {
			b.declareVolume(pool, volume)
		}
	}
}

func (b *builder) declareVolume(pool *poolPlan, want *spec.Volume) {
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
	found, ok := b.find(id)
	if !ok {
		b.errorf(want.Ranges.Of("name"), "Volume is on several members",
			"Several cluster members have a volume %q in pool %q. Say which one is meant with target.", want.Name, id.Pool)
		return
	}
	v := &volumePlan{want: want, pool: pool, id: id, live: found}
	if found != nil {
		v.id = found.ID()
		if found.Config[lxd.MigratingKey] != "" {
			b.unfinished(v)
		}
	}
	if from := want.RenamedFrom; from != nil && !b.opts.local(from.Remote) {
		b.findSource(v)
	} else if from != nil {
		v.from = id
		v.from.Name = from.Name
		v.from.Pool = cmp.Or(from.Pool, id.Pool)
		source, ok := b.find(v.from)
		if source == nil {
			elsewhere := v.from
			elsewhere.Member = ""
			source, ok = b.find(elsewhere)
		}
		v.unclear = !ok
		if source != nil {
			v.from = source.ID()
		}
	}
	if other := b.volumes[v.id]; other != nil {
		b.errorf(want.Ranges.Of("name"), "Duplicate volume",
			"%s and %s are one and the same on the server, volume %s of project %q.", want.Address, other.want.Address, v.id, v.id.Project)
		return
	}
	b.volumes[v.id] = v
}

// unfinished handles a volume that has not arrived completely: where it came from everything is still there. A volume that
// comes from there is brought again, which begins with deleting the remains.
func (b *builder) unfinished(v *volumePlan) {
	if v.want.RenamedFrom != nil {
		v.live = nil
	} else if !v.want.Absent {
		b.block(volumeObject(v.id), "say with renamed_from where it comes from, or declare it absent",
			"it is what a migration that broke off has left, and not complete")
	}
}

// find gives the live volume that id means, as the function of that name does, for the many that a spec declares.
func (b *builder) find(id lxd.VolumeID) (volume *lxd.Volume, ok bool) {
	if !b.live.Server.Clustered || id.Member != "" {
		return b.live.Volumes[id], true
	}
	if b.byName == nil {
		b.byName = make(map[lxd.VolumeID][]*lxd.Volume, len(b.live.Volumes))
		for id, volume := range b.live.Volumes {
			b.byName[anywhere(id)] = append(b.byName[anywhere(id)], volume)
		}
	}
	switch found := b.byName[id]; len(found) {
	case 0:
		return nil, true
	case 1:
		return found[0], true
	}
	return b.live.Volumes[id], b.live.Volumes[id] != nil
}

// find gives the volume of a server that id means, nil when there is none. Without a member it is the only one of that
// name; ok is false when there are several.
func find(live *lxd.State, id lxd.VolumeID) (volume *lxd.Volume, ok bool) {
	if volume := live.Volumes[id]; volume != nil || !live.Server.Clustered || id.Member != "" {
		return volume, true
	}
	for other, candidate := range live.Volumes {
		if other.Member = ""; other == id {
			if volume != nil {
				return nil, false
			}
			volume = candidate
		}
	}
	return volume, true
}

// findSource looks for the volume of another server that is to become this one. When this one is there nobody needs to ask.
func (b *builder) findSource(v *volumePlan) {
	from := v.want.RenamedFrom
	if v.live != nil || v.want.Absent {
		return
	}
	pool := cmp.Or(from.Pool, v.id.Pool)
	project := cmp.Or(v.want.Project, b.opts.Project)
	there, read := b.opts.Sources[from.Remote]
	if !read {
		v.unread = true
		if b.plan.Sources == nil {
			b.plan.Sources = map[string]lxd.Scope{}
		}
		scope := b.plan.Sources[from.Remote]
		if scope.Pools == nil {
			scope.Pools = map[string]lxd.Names{}
		}
		scope.Pools[pool] = append(scope.Pools[pool], from.Name)
		if !slices.Contains(scope.Projects, project) {
			scope.Projects = append(scope.Projects, project)
		}
		b.plan.Sources[from.Remote] = scope
		return
	}
	id := lxd.VolumeID{Project: there.EffectiveProject(project), Pool: pool, Type: lxd.TypeCustom, Name: from.Name}
	source, ok := find(there, id)
	if !ok {
		b.errorf(v.want.Ranges.Of("renamed_from"), "Volume is on several members",
			"Several members of the cluster %q have a volume %q in pool %q. Bring it here with \"lxc storage volume move\".",
			from.Remote, from.Name, pool)
	}
	v.source = source
}

// resolveRenames decides which declared volumes take over a live volume of another name. In a chain (a from b, b from c)
// each waits for the next, so it is resolved from the end whose name is free; in a closed cycle no name is, and nothing
// is renamed.
func (b *builder) resolveRenames() {
	const undecided, deciding, yes, no = 0, 1, 2, 3
	takers := map[lxd.VolumeID]*volumePlan{}
	var outdone []*volumePlan // by another one that says the same
	for _, v := range b.sortedVolumes() {
		if v.from == (lxd.VolumeID{}) || v.want.Absent {
			continue
		}
		switch other := takers[v.from]; {
		case other == nil:
			takers[v.from] = v
		case other.live != nil && v.live == nil: // the other one is there already
			takers[v.from] = v
			outdone = append(outdone, other)
		default:
			outdone = append(outdone, v)
		}
	}
	state := map[*volumePlan]int{}
	var takes func(v *volumePlan) bool
	takes = func(v *volumePlan) bool {
		switch state[v] {
		case deciding: // round a cycle
			return false
		case undecided:
			state[v] = deciding
			free := v.live == nil
			if !free {
				next := takers[v.id]
				free = next != nil && next != v && takes(next)
			}
			state[v] = no
			if source, _ := b.find(v.from); source != nil && free {
				state[v] = yes
			}
		}
		return state[v] == yes
	}
	for _, v := range b.sortedVolumes() {
		if takers[v.from] == v && takes(v) {
			v.take = true
			b.leaving[v.from] = v
		}
	}
	// One that is there already needs no source, unless it goes away under another name.
	needs := func(v *volumePlan) bool { return v.live == nil || b.leaving[v.id] != nil }
	for _, v := range outdone {
		if needs(v) {
			other := takers[v.from]
			b.errorf(v.want.Ranges.Of("renamed_from"), "Two volumes renamed from one",
				"%s and %s both say that they were called %s before. One volume cannot become two.", other.want.Address, v.want.Address, v.from)
		}
	}
	for _, v := range b.sortedVolumes() {
		if v.unclear && needs(v) {
			b.errorf(v.want.Ranges.Of("renamed_from"), "Volume is on several members",
				"Several cluster members have a volume %q in pool %q. Say which one is meant with target.", v.from.Name, v.from.Pool)
		}
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

func (b *builder) sortedVolumes() []*volumePlan {
	volumes := make([]*volumePlan, 0, len(b.volumes))
	for _, volume := range b.volumes {
		volumes = append(volumes, volume)
	}
	slices.SortFunc(volumes, func(x, y *volumePlan) int { return x.id.Compare(y.id) })
	return volumes
}

// count fills in how much is as it should be, and how much is nobody's business here.
func (b *builder) count() {
	touched := b.plan.Touched()
	for _, blocker := range b.plan.Blockers {
		touched[blocker.Object] = true // as it should be it is not
	}
	for name, pool := range b.pools {
		if !pool.want.Existing && !pool.want.Absent && !touched[poolObject(name)] && b.asked(poolObject(name)) {
			b.plan.Unchanged++
		}
	}
	for id, volume := range b.volumes {
		if !volume.want.Absent && !touched[volumeObject(volume.id)] && b.asked(volumeObject(id)) {
			b.plan.Unchanged++
		}
	}
	if b.named != nil {
		return
	}
	var unmanaged []Object
	for name := range b.live.Pools {
		if b.pools[name] == nil {
			unmanaged = append(unmanaged, poolObject(name))
			b.plan.UnmanagedPools++
		}
	}
	orphans := map[Object]bool{}
	for _, orphan := range b.plan.Orphans {
		orphans[orphan] = true
	}
	for id := range b.live.Held {
		object := volumeObject(id)
		if b.volumes[id] == nil && b.leaving[id] == nil && !touched[object] && !orphans[object] {
			unmanaged = append(unmanaged, object)
			b.plan.UnmanagedVolumes++
		}
	}
	if b.opts.ShowUnmanaged {
		b.showUnmanaged(unmanaged)
	}
}

// showUnmanaged lists what the spec does not name, and asks who uses the volumes.
func (b *builder) showUnmanaged(objects []Object) {
	slices.SortFunc(objects, compareObjects)
	for _, object := range objects {
		entry := Unmanaged{Object: object}
		if object.isPool() {
			for _, use := range b.live.Uses(b.live.Pools[object.Pool].UsedBy) {
				switch use.Kind {
				case lxd.UsedByVolume, lxd.UsedBySnapshot, lxd.UsedByImage: // it holds these
				default:
					entry.UsedBy = append(entry.UsedBy, use.String())
				}
			}
			slices.Sort(entry.UsedBy)
		} else {
			b.plan.InQuestion.UsedBy = append(b.plan.InQuestion.UsedBy, object.Volume)
			if usedBy, known := b.live.UsedBy[object.Volume]; known {
				entry.UsedBy = users(b.live, usedBy)
			}
		}
		b.plan.Unmanaged = append(b.plan.Unmanaged, entry)
	}
}

// asked tells whether the plan is about an object.
func (b *builder) asked(object Object) bool { return b.named == nil || b.named[object] }

func (b *builder) errorf(at hcl.Range, summary, detail string, args ...any) {
	b.diags = append(b.diags, &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: summary, Detail: fmt.Sprintf(detail, args...), Subject: at.Ptr(),
	})
}

func (b *builder) warnf(at hcl.Range, summary, detail string, args ...any) {
	b.diags = append(b.diags, &hcl.Diagnostic{
		Severity: hcl.DiagWarning, Summary: summary, Detail: fmt.Sprintf(detail, args...), Subject: at.Ptr(),
	})
}

// noticef tells the reader of the plan something about an object.
func (b *builder) noticef(object Object, format string, args ...any) {
	b.notices = append(b.notices, notice{object, fmt.Sprintf(format, args...)})
}

func (b *builder) block(object Object, hint, why string, args ...any) {
	b.plan.Blockers = append(b.plan.Blockers, Blocker{Object: object, Why: fmt.Sprintf(why, args...), Hint: hint})
}
