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
	return cmp.Or(from.Pool, v.id.Pool), cmp.Or(from.Project, v.want.Project, b.opts.Project)
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
func (b *builder) copyVolume(v *volumePlan) {
	from, object := v.want.CopyOf, plan.VolumeObject(v.final)
	v.copied = b.findCopySource(v)
	if v.copied == nil {
		return
	}
	source, remote, where := v.copied.volume, v.copied.remote, ""
	if content := v.want.ContentType; content != "" && content != source.ContentType {
		b.errorf(v.want.Ranges.Of("content_type"), "Copy of another content type", "%s is to have the content type %s, and %s, which it is to be a copy of, has %s.",
			plan.VolumeName(v.final), content, refName(from), source.ContentType)
		return
	}
	state := b.stateOf(remote)
	if b.checkISO(v, source, v.final, "copy_of") {
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
	b.add(plan.CopyVolume{Remote: remote, Volume: v.copied.id, Snapshot: from.Snapshot, To: v.final}, "not on the server")
	b.checkArrival(v, source)
	b.patchVolume(v, source, true)
}

// findCopySource finds what a volume is to be a copy of, nil when there is nothing of that name, which is reported.
func (b *builder) findCopySource(v *volumePlan) *copySource {
	from := v.want.CopyOf
	pool, project := b.copyPlace(v)
	state, remote := b.live, ""
	if !b.opts.local(from.Remote) {
		state, remote = b.opts.Remotes[from.Remote], from.Remote
	}
	id := lxd.VolumeID{Project: state.EffectiveProject(project), Pool: pool, Type: lxd.TypeCustom, Name: from.Name}
	at := v.want.Ranges.Of("copy_of")
	found, ok := volumeOf(state, id)
	if !ok {
		b.errorf(at, "Volume is on several members", "Several cluster members have a volume %q in pool %q. Nobody can say which one is meant: give one another name first.", from.Name, pool)
		return nil
	}
	s := &copySource{remote: remote, id: id}
	if found != nil {
		s.id = found.ID()
		if leaving := b.leaving[s.id]; remote == "" && leaving != nil {
			s.id = leaving.final
		}
	} else if remote == "" {
		for _, other := range b.sortedVolumes() {
			if other.renamed && withoutMember(other.final) == id {
				found, s.id = b.live.Volumes[other.from], other.final
			}
		}
	}
	if found == nil {
		if heir := b.calledBefore(remote, id); heir != nil {
			found, s.remote, s.id = heir.live, "", heir.final
		}
	}
	if found == nil {
		detail := fmt.Sprintf("%s is to be a copy of %s, and there is no such volume", plan.VolumeName(v.final), refName(from))
		for _, other := range b.volumes {
			if remote == "" && withoutMember(other.final) == id {
				detail += " yet. Apply the spec without this block first"
			}
		}
		whole := id
		whole.Name += "@" + from.Snapshot
		for other := range state.VolumeIDs {
			if withoutMember(other) == whole {
				detail += fmt.Sprintf(". There is one called %q: to copy that, write an object, { name = %q }", whole.Name, whole.Name)
				break
			}
		}
		var lookalike lxd.VolumeID
		for other := range state.VolumeIDs {
			if lookOf(other) == lookOf(id) && (lookalike == lxd.VolumeID{} || other.Compare(lookalike) < 0) {
				lookalike = other
			}
		}
		if lookalike.Name != "" {
			detail += fmt.Sprintf(". One whose name looks the same and is another one is called %s", schema.Quoted(lookalike.Name))
		}
		b.errorf(at, "Nothing to copy", "%s. Take copy_of out for an empty volume.", detail)
		return nil
	}
	if migrate.StateOf(found, id) == migrate.Migrating {
		b.block(plan.MoveIncomplete, plan.VolumeObject(v.final), "apply the spec that moves it first", "%s, which it is to be a copy of, is not complete", plan.VolumeName(found.ID()))
		return nil
	}
	volume := *found
	volume.UsedBy = nil
	s.volume = &volume
	return s
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
				Pool:    cmp.Or(from.Pool, v.id.Pool), Type: lxd.TypeCustom, Name: from.Name,
			}
		}
		if former == id && (from.Remote == remote || b.opts.local(from.Remote) && remote == "") {
			return v
		}
	}
	return nil
}

// checkCopiedSnapshot reports a snapshot that is not there, or that no server copies from where it is.
func (b *builder) checkCopiedSnapshot(v *volumePlan) bool {
	from, at, source := v.want.CopyOf, v.want.Ranges.Of("copy_of"), v.copied.volume
	if member := v.final.Member; member != "" && source.ID().Member != "" && member != source.ID().Member {
		b.errorf(at, "Snapshot cannot be copied there", "Volume %s is on the member %s, and a snapshot can only be copied within one. Copy it there, and move it with renamed_from.",
			plan.VolumeName(source.ID()), source.ID().Member)
		return false
	}
	b.needUsage(source.ID())
	if usage := b.live.Usage[source.ID()]; usage != nil && !slices.Contains(usage.Snapshots, from.Snapshot) {
		b.errorf(at, "Nothing to copy", "%s", schema.NoSuchSentence(
			fmt.Sprintf("Volume %s has no snapshot %q", plan.VolumeName(source.ID()), from.Snapshot), from.Snapshot, usage.Snapshots))
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
		if v.final == id {
			return from, true
		}
	}
	_, there := b.live.Volumes[id]
	return id, there
}

// copiesNothing tells whether what a volume is to be a copy of is created empty by the same plan, as on a server that is set up anew.
// It is created empty then too, and the plan says so.
func (b *builder) copiesNothing(v *volumePlan) bool {
	from := v.want.CopyOf
	if from.Snapshot != "" || !b.opts.local(from.Remote) {
		return false
	}
	pool, project := b.copyPlace(v)
	id := lxd.VolumeID{Project: b.live.EffectiveProject(project), Pool: pool, Type: lxd.TypeCustom, Name: from.Name}
	if found, ok := volumeOf(b.live, id); found != nil || !ok || b.calledBefore("", id) != nil {
		return false
	}
	for _, other := range b.sortedVolumes() {
		if withoutMember(other.final) != id || other == v {
			continue
		}
		if other.want.Absent || other.want.Existing || other.want.CopyOf != nil || other.renamed || other.source != nil || other.sourceUnread || other.finish || other.live != nil {
			return false
		}
		b.notice(plan.CreatedEmpty, plan.VolumeObject(v.final), "%s is to be a copy of %s, which this plan creates empty: it is created empty too.",
			plan.Capital(plan.VolumeObject(v.final).String()), refName(from))
		return true
	}
	return false
}
