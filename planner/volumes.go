package planner

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/migrate"
	"tarn/lxd/schema"
	"tarn/planner/plan"
)

// planVolumes plans the declared volumes.
func (b *builder) planVolumes() {
	for _, v := range b.sortedVolumes() {
		if v.unclear || v.pool.want.Existing && v.pool.live == nil {
			continue // told already
		}
		before := len(b.diags)
		live := v.live
		if b.leaving[v.id()] != nil {
			live = nil // that one goes away under another name
		}
		switch {
		case v.want.Absent:
			if live != nil {
				b.deleteVolume(live, "absent")
			} else {
				b.tellLooksAbsent(v)
			}
		case v.sourceUnread:
		case b.incomplete(v):
		case v.finish:
			b.finishMove(v)
		case v.source != nil:
			b.migrate(v)
		case v.renamed:
			b.renameOrMove(v)
		case live == nil:
			b.createVolume(v)
		default:
			b.warnSource(v, live)
			b.patchVolume(v, live, false)
		}
		if v.pool.otherDriver() {
			b.diags = b.diags[:before] // the spec speaks of another driver
		}
	}
}

func (b *builder) createVolume(v *volumePlan) {
	want := v.want
	if want.Existing {
		what := "create it, or take existing out"
		if want.ContentType == schema.ISO {
			what = "upload it with " + b.live.Server.Program() + " storage volume import"
		}
		b.block(plan.NotThere, plan.VolumeObject(v.final()), what, "it is declared as existing, and %s has no such volume", b.there())
		return
	}
	if from := want.RenamedFrom; from != nil {
		for id, live := range b.live.Volumes.All() {
			if b.opts.local(from.Remote) && migrate.WasCalled(live, v.from) {
				b.block(plan.MovedAway, plan.VolumeObject(v.final()), "end that move with the spec that began it, or rename this back by hand",
					"%s, where it comes from, is called %s now: another move has taken it away", plan.VolumeName(v.from), plan.VolumeName(id))
				return
			}
		}
		b.noticeEmpty(v)
	}
	if v.final().Project != lxd.DefaultProject && b.live.Projects[v.final().Project] == nil {
		b.notThere(plan.VolumeObject(v.final()), v.final().Project, slices.Sorted(maps.Keys(b.live.Projects)), "create that project", "%s has no project %s",
			b.there(), schema.Quoted(v.final().Project))
	}
	var undeclared []string
	for _, other := range b.namesakes(v.final()) {
		if b.live.Server.Clustered && b.volumes.Get(other.ID()) == nil && b.leaving[other.ID()] == nil {
			undeclared = append(undeclared, other.Location)
		}
	}
	if len(undeclared) > 0 {
		b.block(plan.NamesakeOnMember, plan.VolumeObject(v.final()), fmt.Sprintf("declare that one too, or bring it here with renamed_from = %q", v.final().Name),
			"a volume of that name is on the member %s, and this one would be new and empty", slices.Min(undeclared))
	}
	b.guardLookalikes(v)
	if want.CopyOf != nil {
		if original := b.originalOf(v); !b.copiesNothing(v, original) {
			b.copyVolume(v, original)
			return
		}
	}
	action := plan.CreateVolume{
		Volume: v.final(), ContentType: want.ContentType, Attributes: b.wantVolume(v).attributes(v.keys(want.ContentType), b.secrets),
	}
	b.checkShifting(v, v.inheriting(cmp.Or(want.ContentType, lxd.ContentFilesystem), action.Config), "")
	b.checkBlockDefaults(v)
	b.checkNeeds(v)
	b.add(action, "not on the server").former = v.from
	b.unsetDefaults(v, action)
}

// copies tells whether a live volume is the one that a new one is created as a copy of.
func (v *volumePlan) copies(live *lxd.Volume) bool { return v.copied != nil && v.copied.volume == live }

// renameOrMove renames or moves a live volume, then brings its config to what the spec wants.
func (b *builder) renameOrMove(v *volumePlan) {
	source := b.live.Volumes.Get(v.from)
	from, to := v.from, v.final()
	if b.volumeOfOther(plan.VolumeObject(from), source) {
		return
	}
	if b.checkISO(v, source, to, "renamed_from") {
		return
	}
	reason := b.moveReason(v)
	switch {
	case from.Pool != to.Pool || from.Project != to.Project || from.Member != to.Member:
		class, evidence := b.guardRelocation(source, to)
		b.guardMove(v, plan.VolumeObject(from), source, "")
		b.guardName(plan.VolumeObject(from), from, b.live.Server, "")
		b.add(plan.MoveVolume{Volume: from, To: to}, reason).class(class, evidence)
	default:
		class, evidence := b.guardRelocation(source, to)
		b.add(plan.RenameVolume{Volume: from, Name: to.Name}, reason).class(class, evidence)
	}
	if from.Pool != to.Pool || from.Member != to.Member || from.Project != to.Project {
		b.checkArrival(v, source)
	}
	b.patchVolume(v, source, from.Pool != to.Pool || from.Member != to.Member || from.Project != to.Project)
}

// migrate brings a volume from another server, then its config to what the spec wants.
func (b *builder) migrate(v *volumePlan) {
	remote := v.want.RenamedFrom.Remote
	if b.checkISO(v, v.source, v.final(), "renamed_from") {
		return
	}
	there, where, object := b.opts.Remotes[remote], b.whereabouts(v, v.source), plan.VolumeObject(v.final())
	users := slices.DeleteFunc(plan.UsersOf(there.Uses(v.source.UsedBy)), func(user plan.User) bool { return user.Kind == lxd.UsedByServer })
	if len(users) > 0 {
		b.blockUsed(plan.InUse, object, users, hintDetach, "on %s it is used by %s", remote, plan.ListUsers(users))
	}
	b.guardServer(object, remote, v.source, "move")
	b.sourceOfOther(object, remote, v.source)
	b.guardProtection(v, object, remote, v.source)
	b.guardName(object, v.source.ID(), there.Server, where)
	b.guardPlace(object, remote, v.source)
	b.guardMove(v, plan.VolumeObject(v.final()), v.source, where)
	b.add(plan.MigrateVolume{Remote: remote, Volume: v.source.ID(), To: v.final()}, b.moveReason(v))
	b.checkArrival(v, v.source)
	b.patchVolume(v, v.source, true)
}

// patchVolume brings the config of a live volume to what the spec wants. live may still have its old name.
func (b *builder) patchVolume(v *volumePlan, live *lxd.Volume, moved bool) {
	want := v.want
	object := plan.VolumeObject(v.final())
	if want.ContentType != "" && want.ContentType != live.ContentType {
		b.block(plan.CannotChange, object, "write what it has, or declare a volume of another name for the new one",
			"it has the content type %s, the spec wants %s, and servers do not change that", plan.Plain(live.ContentType), want.ContentType)
		return
	}
	if live != v.source && !v.copies(live) && b.volumeOfOther(plan.VolumeObject(live.ID()), live) {
		return
	}
	key := v.keys(live.ContentType)
	has := plan.VolumeAttributes(live)
	if moved {
		var ok bool
		if has.Config, ok = b.arriving(v, live); !ok {
			return
		}
		maps.Copy(has.Config, v.unwanted(live.ContentType, live.Config))
	}
	var p pair
	var changes []plan.Change
	if moved || !b.isWritten(v, has) {
		p = newPair(b.wantVolume(v), has, b.volumeRules(v, live, has))
		changes = p.changes()
	}
	for _, name := range p.unknown {
		if moved {
			continue // the new pool's driver does not have it, so the move drops it
		}
		b.notice(plan.UnknownKey, object, "Volume %s has config key %s, which tarn does not know; it is left alone.", plan.VolumeName(v.final()), plan.Plain(name))
	}
	changes = append(changes, b.staleMark(v, live, moved)...)
	if live.ContentType == schema.ISO {
		b.noticeNoMark(v)
		if b.guardISOConfig(object, changes) {
			b.add(plan.PatchVolume{Volume: v.final(), Changes: changes, Moved: moved}, patchReason(changes))
			return
		}
	}
	b.guardRefused(object, "", changes, key)
	if len(changes) == 0 {
		return
	}
	after := patched(live.Config, changes)
	if moved {
		after = v.inheriting(live.ContentType, after)
	}
	if moved || !b.guardShiftedTwice(v, live, after) {
		b.checkShifting(v, after, "")
	}
	shrinks := b.guardSize(v, object, live, changes)
	b.guardShifting(object, live, changes)
	class, evidence := b.patchClass(live, changes, shrinks)
	taken, why := b.takesOverVolume(v, live)
	b.add(plan.PatchVolume{Volume: v.final(), Changes: changes, Moved: moved, TakesOver: taken}, why+patchReason(changes)).class(class, evidence)
}

// volumeRules say how a declared volume is compared with a live one, whose attributes may have been foreseen as has. live may be
// called something else, and be in another pool.
func (b *builder) volumeRules(v *volumePlan, live *lxd.Volume, has plan.Attributes) rules {
	return rules{
		key:     v.keys(live.ContentType),
		secrets: b.secrets,
		ignore:  v.want.IgnoreConfig,
		explained: func(name string, known schema.Key) bool {
			if live.ContentType == schema.ISO {
				return true // nobody can take it away
			}
			if name == "size" && b.device(v, live) {
				return true // to unset it would change nothing, and nobody would know its size any more
			}
			if _, unset := v.want.Unset[name]; unset {
				return false
			}
			poolKey, ok := schema.Inherited(v.pool.driver, live.ContentType, name)
			hidden := v.pool.live != nil && v.pool.live.Config == nil // it may have the default or not
			return ok && (hidden || v.pool.config[poolKey] != "")
		},
		equal: func(name, value string) bool {
			return name == "size" && live.ContentType == lxd.ContentBlock && sameDevice(value, has.Config[name])
		},
	}
}

// warnSource tells of a volume that is there under its old name and its new one, and has no marks of a move: a copy by
// somebody looks like that. The old one is kept whatever else is asked for, see [builder.kept].
func (b *builder) warnSource(v *volumePlan, live *lxd.Volume) {
	if v.from == (lxd.VolumeID{}) || b.leaving[v.from] != nil {
		return
	}
	// Members of a cluster may each have a volume of the old name, and renamed_from names no member.
	var kept *lxd.Volume
	for _, namesake := range b.namesakes(v.from) {
		if id := namesake.ID(); b.volumes.Get(id) == nil && b.leaving[id] == nil {
			b.kept[id] = v
			kept = namesake
		}
	}
	source, _ := b.findVolume(v.from)
	if source == nil {
		source = kept
	}
	if source == nil {
		return
	}
	if declared := b.volumes.Get(v.from); declared != nil {
		if declared.from == v.id() {
			b.notice(plan.RenameCycle, plan.VolumeObject(v.final()), "%s and %s each say that they were called like the other before: nothing is renamed.",
				plan.Capital(plan.VolumeObject(v.final()).String()), plan.VolumeName(v.from))
		}
		if kept == nil {
			return
		}
		source = kept
	}
	if migrate.StateOf(source, v.id()) == migrate.Moving {
		b.notice(plan.BothThere, plan.VolumeObject(v.final()), "%s was called %s before, and the server has both: a move has been begun and something else has got the new "+
			"name. Nothing is renamed, and the old one is kept. Compare the two, delete the one that is not wanted by hand, and apply again.",
			plan.Capital(plan.VolumeObject(v.final()).String()), plan.VolumeName(v.from))
		return
	}
	b.notice(plan.BothThere, plan.VolumeObject(v.final()), "%s was called %s before, and the server has both. No move of tarn's has left them so: somebody has made "+
		"a copy, or a new volume of the old name. Nothing is renamed, and the old one is kept. Compare the two, delete the one "+
		"that is not wanted by hand, and remove renamed_from.",
		plan.Capital(plan.VolumeObject(v.final()).String()), plan.VolumeName(v.from))
}

func (b *builder) deleteVolume(live *lxd.Volume, reason string) {
	id := live.ID()
	object := plan.VolumeObject(id)
	b.deleted[id] = true
	if b.volumeOfOther(object, live) || b.protectedVolume(object, live) {
		return
	}
	b.guardServer(object, "", live, "delete")
	if u := b.uses(live).others(); len(u.all) > 0 {
		b.blockUsed(plan.InUse, object, u.affected(), hintDetach, "it is used by %s", plan.ListUsers(u.affected()))
	}
	b.add(plan.DeleteVolume{Volume: id, Seen: b.sawVolume(live)}, reason)
}

// device tells whether a volume is a device, which has a size even when nobody says which. live may still be in another
// pool.
func (b *builder) device(v *volumePlan, live *lxd.Volume) bool {
	if driver, known := schema.Lookup(v.pool.driver); known {
		return driver.Device(live.ContentType, b.filesystem(v, live))
	}
	return live.ContentType == lxd.ContentBlock
}

// filesystem is the file system on the device of a volume of files in its pool, "" where it is on none. A move to a pool
// whose volumes have no such key takes the files off it, and one to a pool whose volumes have it puts them on its default.
func (b *builder) filesystem(v *volumePlan, live *lxd.Volume) string {
	const name = "block.filesystem"
	if key, ok := v.keys(live.ContentType)(name); !ok || !key.Known(strings.ToLower(b.live.Server.Product), b.live.Server.Has) {
		return ""
	}
	if live.Pool != v.final().Pool {
		return cmp.Or(live.Config[name], v.pool.config["volume."+name])
	}
	return live.Config[name]
}

// keys describe the config of a volume in its pool.
func (v *volumePlan) keys(contentType string) func(string) (schema.Key, bool) {
	contentType = cmp.Or(contentType, lxd.ContentFilesystem)
	return func(name string) (schema.Key, bool) { return schema.VolumeKey(v.pool.driver, contentType, name) }
}

// patched is a config after some changes.
func patched(config map[string]string, changes []plan.Change) map[string]string {
	after := make(map[string]string, len(config))
	maps.Copy(after, config)
	for _, change := range changes {
		name, isConfig := change.Attr.ConfigKey()
		switch {
		case !isConfig:
		case change.To == nil:
			delete(after, name)
		default:
			after[name] = *change.To
		}
	}
	return after
}

// patchReason says why an object is patched.
func patchReason(changes []plan.Change) string {
	var parts []string
	keys := 0
	for _, change := range changes {
		if _, isConfig := change.Attr.ConfigKey(); isConfig {
			keys++
		} else {
			parts = append(parts, "the "+change.Attr.Label())
		}
	}
	if keys > 0 {
		parts = append(parts, fmt.Sprintf("%d %s", keys, plan.Plural(keys, "key")))
	}
	return "differs in " + strings.Join(parts, " and ")
}
