package planner

import (
	"fmt"
	"slices"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/migrate"
	"tarn/lxd/schema"
	"tarn/planner/plan"
)

// Moves that an earlier run, or another one, has begun and that are not at their end. What of them is on the server says
// how they go on; package migrate has the table.

// leftover is what a move to a volume has on a server under a name of its own, nil for nothing. Of several it is the one
// that matters most: the volume itself, what has arrived, then the source on its way out, then what is incomplete.
func (b *builder) leftover(server *live.State, target lxd.VolumeID) *lxd.Volume {
	rank := map[migrate.State]int{migrate.Migrating: 1, migrate.Moving: 2, migrate.Arrived: 3}
	var found *lxd.Volume
	best := 0
	for _, volume := range b.ofRunsOn(server) {
		r := rank[migrate.StateOf(volume, target)]
		if r == 0 && migrate.WasCalled(volume, target) { // and not marked as incomplete
			r = 4 // a run that has died took it away by mistake
		}
		if r > best || r == best && r > 0 && volume.Name < found.Name {
			found, best = volume, r
		}
	}
	return found
}

// ofRunsOn are the volumes of a server that have names of runs, which are looked for once.
func (b *builder) ofRunsOn(server *live.State) []*lxd.Volume {
	volumes, known := b.ofRuns[server]
	if !known {
		for _, volume := range server.Volumes.All() {
			if migrate.OfRun(volume.Name) {
				volumes = append(volumes, volume)
			}
		}
		if b.ofRuns == nil {
			b.ofRuns = map[*live.State][]*lxd.Volume{}
		}
		b.ofRuns[server] = volumes
	}
	return volumes
}

// ofAMove tells whether a volume under a name of a run belongs to a move of the spec.
func (b *builder) ofAMove(live *lxd.Volume) bool {
	for _, v := range b.volumes.All() {
		if migrate.StateOf(live, v.id()) != migrate.Plain || migrate.WasCalled(live, v.id()) || v.from.Name != "" && migrate.WasCalled(live, v.from) {
			return true
		}
	}
	return false
}

// underWay tells since when the server has been writing a volume, as far as it tells; "" when it does not. It is asked for.
func (b *builder) underWay(v *volumePlan) string {
	b.askOperations(v.id().Project)
	for _, op := range b.live.Operations {
		writes := migrate.Writes(op, v.id()) || v.leftover != nil && v.leftover.Pool == v.id().Pool && migrate.Writes(op, v.leftover.ID())
		begun := v.leftover != nil || v.moveState != migrate.Plain
		if writes || begun && migrate.Copies(op, v.from) {
			return "since " + op.CreatedAt.Format("15:04:05")
		}
	}
	return ""
}

func (b *builder) askOperations(project string) {
	if slices.Contains(b.plan.Missing.Operations, project) {
		return
	}
	b.plan.Missing.Operations = append(b.plan.Missing.Operations, project)
}

// incomplete blocks a volume of which only a part is there, when nobody can say where the rest is, and tells whether it did.
func (b *builder) incomplete(v *volumePlan) bool {
	declared, copied := v.want.RenamedFrom != nil, v.want.CopyOf != nil
	switch {
	case v.moveState == migrate.Migrating && (declared || copied) && !v.want.Absent && len(v.incompleteCopy.UsedBy) > 0:
		users := plan.UsersOf(b.live.Uses(v.incompleteCopy.UsedBy))
		b.blockUsed(plan.MoveIncomplete, plan.VolumeObject(v.final()), users, hintDetach,
			"it is what a move that broke off has left, perhaps not complete, and used by %s", plan.ListUsers(users))
	case v.moveState == migrate.Migrating && declared && v.source == nil && !v.renamed && !v.finish:
		b.block(plan.MoveIncomplete, plan.VolumeObject(v.final()), fmt.Sprintf("look what is in it, and take %s off it or delete it", migrate.MigratingKey),
			"it is what a move that broke off has left, and what it comes from is gone")
	case declared, copied && !v.finish:
		return false
	case v.moveState == migrate.Migrating:
		b.block(plan.MoveIncomplete, plan.VolumeObject(v.final()), "say with renamed_from where it comes from, or declare it absent",
			"it is what a migration that broke off has left, and not complete")
	case v.live == nil && v.leftover != nil && !v.finish:
		b.block(plan.MoveIncomplete, plan.VolumeObject(v.final()), "say with renamed_from where it comes from, or delete that by hand",
			"a move to it was begun and not ended, %s is what is left of it, and this one would be new and empty", plan.VolumeName(v.leftover.ID()))
	default:
		return false
	}
	return true
}

// moveReason is why a volume is moved, and that somebody is at it.
func (b *builder) moveReason(v *volumePlan) string {
	reason := "renamed_from " + schema.Quoted(v.want.RenamedFrom.String())
	if v.leftover == nil && v.moveState != migrate.Migrating {
		return reason
	}
	if since := b.underWay(v); since != "" {
		return reason + ", under way " + since
	}
	return reason + ", begun before"
}

// finishMove plans what is left of a move, then brings the volume's config to what the spec wants.
func (b *builder) finishMove(v *volumePlan) {
	object := plan.VolumeObject(v.final())
	since := b.underWay(v)
	reason := "it broke off"
	if since != "" {
		reason = "under way " + since
	}
	from := v.want.RenamedFrom
	live := v.live
	if live == nil {
		live = v.leftover
	}
	if b.volumeOfOther(object, live) {
		return
	}
	switch {
	case v.moveState == migrate.Plain && since != "":
		// Somebody else's run, which clears up itself.
		b.notice(plan.MoveUnderWay, object, "A move to %s is under way %s, and the volume is there.", object, since)
		b.patchVolume(v, v.live, false)
		return
	case from == nil && v.moveState == migrate.Moving && since == "":
		b.block(plan.MoveIncomplete, object, "say with renamed_from where it comes from",
			"the server was moving it here, and nobody can tell whether all of it has arrived")
		return
	case from == nil:
		b.add(plan.MoveVolume{Volume: v.final(), To: v.final(), Finish: true}, reason)
	case !b.opts.local(from.Remote):
		if v.source != nil {
			b.guardPlace(object, from.Remote, v.source)
		}
		b.guardSource(v, v.source, b.opts.Remotes[from.Remote], from.Remote+":"+plan.VolumeName(v.sourceID))
		b.add(plan.MigrateVolume{Remote: from.Remote, Volume: v.sourceID, To: v.final(), Finish: true}, reason)
	default:
		source, _ := b.findVolume(v.from)
		if source != nil && v.moveState == migrate.Moving && since == "" {
			b.block(plan.MoveIncomplete, object, fmt.Sprintf("compare them before anything starts that uses one, detach and delete the one that is not complete, and take %s off the other", migrate.MovingKey),
				"the server's move of %s broke off, and nobody can tell which of the two is complete", plan.VolumeName(v.from))
			return
		}
		b.guardSource(v, source, b.live, plan.VolumeName(v.from))
		b.add(plan.MoveVolume{Volume: v.from, To: v.final(), Finish: true}, reason)
	}
	// What is left may be the source still, which gets there what any volume gets that comes.
	at, to := live.ID(), v.final()
	comes := b.live.Volumes.Get(at) != live || at.Pool != to.Pool || at.Project != to.Project || to.Member != "" && at.Member != to.Member
	b.patchVolume(v, live, comes)
}

// staleMark takes the mark of a move that was given up off a volume which the spec keeps where it is. With the mark it could be
// taken later for the source that it was, though it has lived on.
func (b *builder) staleMark(v *volumePlan, live *lxd.Volume, moved bool) []plan.Change {
	mark := live.Config[migrate.MovingKey]
	if mark == "" || moved || v.renamed || v.finish || v.moveState != migrate.Plain {
		return nil
	}
	value := mark
	return []plan.Change{{Attr: plan.ConfigAttr(migrate.MovingKey), From: &value}}
}
