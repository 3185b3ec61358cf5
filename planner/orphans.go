package planner

import (
	"fmt"
	"maps"
	"slices"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/migrate"
	"tarn/planner/plan"
	"tarn/spec"
)

// planOrphans plans what carries this spec's mark, or lives in a pool that is exclusively its, and is not declared.
func (b *builder) planOrphans() {
	owner := b.want.Settings.Owner
	var undeclared []lxd.VolumeID
	for id := range b.live.Volumes.All() {
		if b.volumes.Get(id) == nil && b.leaving[id] == nil && b.kept[id] == nil {
			undeclared = append(undeclared, id)
		}
	}
	slices.SortFunc(undeclared, lxd.VolumeID.Compare)
	for _, id := range undeclared {
		volume, object := b.live.Volumes.Get(id), plan.VolumeObject(id)
		if migrate.OfRun(id.Name) {
			if !b.ofAMove(volume) && !b.ofOthers(volume) {
				b.noticeLeftOver(object, volume)
			}
			continue
		}
		ours := owner != "" && volume.Config[live.OwnerKey] == owner
		pool := b.pools[id.Pool]
		exclusive := pool != nil && pool.want.Exclusive
		state := own
		if ours || exclusive {
			state = b.markState(volume)
		}
		switch {
		case state == copied:
			b.tellCopy(volume)
			if exclusive {
				b.plan.Strangers = append(b.plan.Strangers, object)
			}
		case state == renamed:
			b.renamedByHand(volume)
		case !ours && !exclusive:
		case b.opts.Prune:
			b.deleteVolume(volume, "not in the spec, --prune")
		default:
			if ours {
				b.plan.Orphans = append(b.plan.Orphans, object)
			} else {
				b.plan.Strangers = append(b.plan.Strangers, object)
			}
			if volume.Config[preventDeleteKey] != "" && b.markState(volume) != copied {
				b.notice(plan.ProtectedOrphan, object, "%s is protected by prevent_delete, so --prune would be blocked.", plan.Capital(object.String()))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b.live.Pools)) {
		if pool := b.live.Pools[name]; owner != "" && pool.Config[live.OwnerKey] == owner && b.pools[name] == nil {
			b.plan.Orphans = append(b.plan.Orphans, plan.PoolObject(name))
		}
	}
}

// tellCopy tells of a volume that has the marks of another one, which is there too.
func (b *builder) tellCopy(volume *lxd.Volume) {
	id, of := volume.ID(), volume.Config[markedKey]
	object := plan.VolumeObject(id)
	what := "is a copy of " + plan.VolumeName(b.markable("")[of]) + ", mark and all"
	if of == markText(id) {
		what = "has the same mark as one of its name on another member, so that one of them is a copy"
	}
	b.notice(plan.CopiedMark, object, "%s %s. It belongs to nobody, and tarn leaves it alone; a block in the spec adopts it.", plan.Capital(object.String()), what)
}

// renamedByHand tells of a volume whose mark was put on one that is gone: somebody has renamed or moved it, or deleted it after a copy
// was made. It is never pruned, for whoever did that wants to keep it.
func (b *builder) renamedByHand(volume *lxd.Volume) {
	id, was := volume.ID(), volume.Config[markedKey]
	object := plan.VolumeObject(id)
	remedy := "Tarn leaves it alone; a block in the spec adopts it under its new name, or deletes it with absent = true"
	for _, v := range b.sortedVolumes() {
		if markText(v.final()) != was && markTextOn(v.final()) != was || v.want.Absent {
			continue
		}
		if v.live == nil && !v.renamed {
			remedy = fmt.Sprintf("%s would be created empty. To keep the data, either give that block the new name, or write renamed_from = %s into it, which brings the volume back",
				plan.Capital(plan.VolumeObject(v.final()).String()), referenceFrom(v, id).Source())
		}
		break
	}
	others := ""
	if n := b.sharing(was) - 1; n > 0 {
		others = fmt.Sprintf(", and so %s %d %s", map[bool]string{true: "does", false: "do"}[n == 1], n, plan.Plural(n, "other"))
	}
	b.notice(plan.RenamedByHand, object, "%s carries the mark of %s, which is gone%s: somebody has renamed or moved that, or this is a copy of it. %s.",
		plan.Capital(object.String()), plan.Plain(was), others, remedy)
}

// sharing counts the volumes whose mark says that it was put on one and the same.
func (b *builder) sharing(mark string) int {
	if b.sharedMarks == nil {
		b.sharedMarks = map[string]int{}
		for _, volume := range b.live.Volumes.All() {
			b.sharedMarks[volume.Config[markedKey]]++
		}
	}
	return b.sharedMarks[mark]
}

// referenceFrom is what renamed_from of a declared volume says for another volume of the same server.
func referenceFrom(v *volumePlan, id lxd.VolumeID) spec.VolumeRef {
	ref := spec.VolumeRef{Name: id.Name}
	if id.Pool != v.final().Pool {
		ref.Pool = id.Pool
	}
	if id.Project != v.final().Project {
		ref.Project = id.Project
	}
	return ref
}

// noticeLeftOver tells of what a move or a copy that the spec does not have has left under a name of its run.
func (b *builder) noticeLeftOver(object plan.Object, volume *lxd.Volume) {
	what := "is left of a move that this spec does not have; the spec that has it ends it."
	if volume.Config[migrate.MigratingKey] != "" { // nothing here tells a copy, which no spec may have any more, from a move
		what = "is left of a move or a copy that has not come to its end, and that this spec does not have. The spec that has it ends it. " +
			"Where none has it any more, delete this by hand when what it comes from is there."
	}
	b.notice(plan.MoveOfOthers, object, "%s "+what, plan.Capital(object.String()))
}
