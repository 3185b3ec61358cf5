package planner

import (
	"cmp"
	"fmt"
	"slices"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/migrate"
	"tarn/lxd/schema"
	"tarn/planner/plan"
)

// copySource is what a new volume is to be a copy of.
type copySource struct {
	remote string       // "" for this server
	id     lxd.VolumeID // as it is called when it is copied: after the renames and moves of the plan
	volume *lxd.Volume  // as it is now, used by nobody: the copy is not
}

// copyPlace is where the volume is that copy_of names, without its name.
func (b *builder) copyPlace(v *volumePlan) (pool, project string) {
	from := v.want.CopyOf
	return cmp.Or(from.Pool, v.id().Pool), cmp.Or(from.Project, v.want.Project, b.opts.Project)
}

// matchCopy asks for what another server has, when a volume is to be created as a copy of it.
func (b *builder) matchCopy(v *volumePlan) {
	from := v.want.CopyOf
	if from == nil || v.live != nil || v.finish || v.want.Absent || b.opts.local(from.Remote) {
		return
	}
	if _, read := b.opts.Remotes[from.Remote]; !read {
		v.sourceUnread = true
		pool, project := b.copyPlace(v)
		b.askRemote(from.Remote, pool, project, from.Name)
	}
}

// askRemote asks for a volume of another server.
func (b *builder) askRemote(remote, pool, project, name string) {
	if b.plan.MissingRemotes == nil {
		b.plan.MissingRemotes = map[string]live.Scope{}
	}
	scope := b.plan.MissingRemotes[remote]
	if scope.Pools == nil {
		scope.Pools, scope.Prefix = map[string]live.Names{}, migrate.Prefix
	}
	scope.Pools[pool] = append(scope.Pools[pool], name)
	if !slices.Contains(scope.Projects, project) {
		scope.Projects = append(scope.Projects, project)
	}
	b.plan.MissingRemotes[remote] = scope
}

// copyVolume creates a volume as a copy of another one, then brings its config to what the spec wants.
func (b *builder) copyVolume(v *volumePlan, o original) {
	from, object := v.want.CopyOf, plan.VolumeObject(v.final())
	if b.checkOriginal(v, o) {
		return
	}
	v.copied = &o.copySource
	source, remote, where := v.copied.volume, v.copied.remote, ""
	if content := v.want.ContentType; content != "" && content != source.ContentType {
		b.block(plan.CannotChange, object, "write that one, or take copy_of out", "it is to have the content type %s, and %s, which it is to be a copy of, has %s",
			content, refName(from), plan.Plain(source.ContentType))
		return
	}
	state := b.stateOf(remote)
	if b.checkISO(v, source, v.final(), "copy_of") {
		return
	}
	if remote != "" {
		where = "on " + plan.Plain(remote) + " "
		if !state.Server.SendsVolumesTo(b.live.Server) {
			b.errorf(v.want.Ranges.Of("copy_of"), "Volume cannot come from there",
				"The remote %q is %s, which sends no volumes to %s at %s. Take copy_of out, and copy the files into the new volume.",
				remote, state.Server, b.live.Server, b.live.Address)
			return
		}
	}
	if from.Snapshot != "" && !b.checkCopiedSnapshot(v) {
		return
	}
	b.guardName(object, v.copied.id, state.Server, where)
	b.guardPlace(object, remote, source)
	b.guardSizeOnArrival(v, object, source, where)
	b.add(plan.CopyVolume{Remote: remote, Volume: v.copied.id, Snapshot: from.Snapshot, To: v.final()}, "not on the server")
	b.checkArrival(v, source)
	b.patchVolume(v, source, true)
}

// original is what copy_of names, as far as it is there.
type original struct {
	copySource              // volume is nil when there is none
	id         lxd.VolumeID // as copy_of names it
	state      *live.State  // of its server
	several    bool         // cluster members have one of that name, and nobody can say which is meant
	becomes    *volumePlan  // the declared one that is called so after the plan, when there is none
}

// originalOf finds what a volume is to be a copy of.
func (b *builder) originalOf(v *volumePlan) original {
	from := v.want.CopyOf
	pool, project := b.copyPlace(v)
	o := original{state: b.live}
	if !b.opts.local(from.Remote) {
		o.state, o.remote = b.opts.Remotes[from.Remote], from.Remote
	}
	o.id = lxd.VolumeID{Project: o.state.EffectiveProject(project), Pool: pool, Type: lxd.TypeCustom, Name: from.Name}
	o.copySource.id = o.id
	found, ok := volumeOf(o.state, o.id)
	if o.several = !ok; o.several {
		return o
	}
	here := o.remote == ""
	if found != nil {
		o.copySource.id = found.ID()
		if leaving := b.leaving[found.ID()]; here && leaving != nil {
			o.copySource.id = leaving.final()
		}
	} else if here {
		for _, other := range b.sortedVolumes() {
			switch {
			case withoutMember(other.final()) != o.id || other == v:
			case other.renamed:
				found, o.copySource.id = b.live.Volumes.Get(other.from), other.final()
			case o.becomes == nil:
				o.becomes = other
			}
		}
	}
	if found == nil {
		if heir := b.calledBefore(o.remote, o.id); heir != nil {
			found, o.remote, o.copySource.id = heir.live, "", heir.final()
		}
	}
	if found != nil {
		volume := *found
		volume.UsedBy = nil
		o.volume = &volume
	}
	return o
}

// checkOriginal blocks what keeps a volume from being a copy of what copy_of names, and tells whether something does.
func (b *builder) checkOriginal(v *volumePlan, o original) bool {
	from := v.want.CopyOf
	if o.several {
		b.block(plan.SeveralMembers, plan.VolumeObject(v.final()), "give one of them another name first", "several cluster members have a volume %s, which it is to be a copy of",
			plan.VolumeName(withoutMember(o.id)))
		return true
	}
	if o.volume == nil {
		detail, hint := fmt.Sprintf("it is to be a copy of %s, and there is no such volume", refName(from)), "take copy_of out for an empty volume"
		if o.becomes != nil {
			detail += " yet"
			hint = "apply the spec without this block first, or " + hint
		}
		whole := o.id
		whole.Name += "@" + from.Snapshot
		var same, lookalike lxd.VolumeID
		for other := range o.state.VolumeIDs.All() {
			switch {
			case withoutMember(other) == whole:
				same = whole
			case lookOf(other) == lookOf(o.id) && (lookalike.Name == "" || other.Compare(lookalike) < 0):
				lookalike = other
			}
		}
		if same.Name != "" {
			detail += fmt.Sprintf(", but one called %q", same.Name)
			hint = fmt.Sprintf("to copy that, write an object, { name = %q }; or %s", same.Name, hint)
		}
		if lookalike.Name != "" {
			detail += fmt.Sprintf(", but one whose name looks the same and is another one, %s", schema.Quoted(lookalike.Name))
		}
		b.block(plan.NotThere, plan.VolumeObject(v.final()), hint, "%s", detail)
		return true
	}
	if migrate.StateOf(o.volume, o.id) == migrate.Migrating {
		b.block(plan.MoveIncomplete, plan.VolumeObject(v.final()), "apply the spec that moves it first", "%s, which it is to be a copy of, is not complete", plan.VolumeName(o.volume.ID()))
		return true
	}
	return false
}

// calledBefore is the declared volume that renamed_from says was called so before, and that is there under its new name: an earlier
// apply has renamed or moved it, and may have ended before it made the copies of it.
func (b *builder) calledBefore(remote string, id lxd.VolumeID) *volumePlan {
	for _, v := range b.sortedVolumes() {
		from := v.want.RenamedFrom
		if from == nil || v.live == nil || v.renamed || v.finish || b.leaving[v.live.ID()] != nil {
			continue
		}
		former := withoutMember(v.from)
		if !b.opts.local(from.Remote) {
			former = lxd.VolumeID{
				Project: b.stateOf(remote).EffectiveProject(cmp.Or(from.Project, v.want.Project, b.opts.Project)),
				Pool:    cmp.Or(from.Pool, v.id().Pool), Type: lxd.TypeCustom, Name: from.Name,
			}
		}
		if former == id && (from.Remote == remote || b.opts.local(from.Remote) && remote == "") {
			return v
		}
	}
	return nil
}

// checkCopiedSnapshot tells of a snapshot that is not there, or that no server copies from where it is.
func (b *builder) checkCopiedSnapshot(v *volumePlan) bool {
	from, source := v.want.CopyOf, v.copied.volume
	if member := v.final().Member; member != "" && source.ID().Member != "" && member != source.ID().Member {
		b.block(plan.NotThere, plan.VolumeObject(v.final()), "copy it there, and move it with renamed_from",
			"volume %s, of whose snapshot it is to be a copy, is on the member %s, and a snapshot can only be copied within one", plan.VolumeName(source.ID()), source.ID().Member)
		return false
	}
	b.needUsage(source.ID())
	if usage := b.live.Usage[source.ID()]; usage != nil && !slices.Contains(usage.Snapshots, from.Snapshot) {
		b.notThere(plan.VolumeObject(v.final()), from.Snapshot, usage.Snapshots, "name another one, or take copy_of out for an empty volume",
			"volume %s has no snapshot %s, which it is to be a copy of", plan.VolumeName(source.ID()), schema.Quoted(from.Snapshot))
		return false
	}
	id := live.SnapshotID{Volume: source.ID(), Name: from.Snapshot}
	if !slices.Contains(b.plan.Missing.Snapshots, id) {
		b.plan.Missing.Snapshots = append(b.plan.Missing.Snapshots, id)
	}
	if snapshot := b.live.Snapshot(source.ID(), from.Snapshot); snapshot != nil { // it may be older than the config that the volume has now
		source.Config, source.Description = snapshot.Config, snapshot.Description
	}
	return true
}

// liveID is what a volume is called now that has another name when it is copied.
func (b *builder) liveID(id lxd.VolumeID) (lxd.VolumeID, bool) {
	for from, v := range b.leaving {
		if v.final() == id {
			return from, true
		}
	}
	return id, b.live.Volumes.Has(id)
}

// copiesNothing tells whether what a volume is to be a copy of is created empty by the same plan, as on a server that is set up anew.
// It is created empty then too, and the plan says so.
func (b *builder) copiesNothing(v *volumePlan, o original) bool {
	other := o.becomes
	if v.want.CopyOf.Snapshot != "" || o.volume != nil || other == nil {
		return false
	}
	if other.want.Absent || other.want.Existing || other.want.CopyOf != nil || other.source != nil || other.sourceUnread || other.finish || other.live != nil {
		return false
	}
	b.notice(plan.CreatedEmpty, plan.VolumeObject(v.final()), "%s is to be a copy of %s, which this plan creates empty: it is created empty too.",
		plan.Capital(plan.VolumeObject(v.final()).String()), refName(v.want.CopyOf))
	return true
}
