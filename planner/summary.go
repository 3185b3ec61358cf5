package planner

import (
	"slices"

	"tarn/lxd"
	"tarn/lxd/migrate"
	"tarn/planner/plan"
)

// summarize fills in how much is as it should be, and how much the spec does not name.
func (b *builder) summarize() {
	touched := b.plan.Touched()
	for _, blocker := range b.plan.Blockers {
		touched[blocker.Object] = true // as it should be it is not
	}
	for name, pool := range b.pools {
		if !pool.want.Existing && !pool.want.Absent && !touched[plan.PoolObject(name)] && b.inScope(plan.PoolObject(name)) {
			b.plan.Unchanged++
		}
	}
	for id, volume := range b.volumes.All() {
		if !volume.want.Absent && !touched[plan.VolumeObject(volume.final())] && b.inScope(plan.VolumeObject(id)) {
			b.plan.Unchanged++
		}
	}
	if b.only != nil || b.excluded != nil {
		return
	}
	var unmanaged []plan.Object
	for name := range b.live.Pools {
		if b.pools[name] == nil {
			unmanaged = append(unmanaged, plan.PoolObject(name))
			b.plan.UnmanagedPools++
		}
	}
	orphans := map[plan.Object]bool{}
	for _, orphan := range b.plan.Orphans {
		orphans[orphan] = true
	}
	for _, stranger := range b.plan.Strangers {
		orphans[stranger] = true
	}
	for id := range b.live.VolumeIDs.All() {
		object := plan.VolumeObject(id)
		if live := b.live.Volumes.Get(id); live != nil && migrate.OfRun(id.Name) && b.ofAMove(live) {
			continue
		}
		if kept := b.kept[id]; kept != nil && kept.unclear {
			continue // it may be that
		}
		if b.volumes.Get(id) == nil && b.leaving[id] == nil && !touched[object] && !orphans[object] {
			unmanaged = append(unmanaged, object)
			b.plan.UnmanagedVolumes++
		}
	}
	if b.opts.ShowUnmanaged {
		b.showUnmanaged(unmanaged)
	}
}

// showUnmanaged lists what the spec does not name, and asks who uses the volumes.
func (b *builder) showUnmanaged(objects []plan.Object) {
	slices.SortFunc(objects, plan.CompareObjects)
	for _, object := range objects {
		entry := plan.Unmanaged{Object: object}
		if object.IsPool() {
			for _, user := range plan.UsersOf(b.live.Uses(b.live.Pools[object.Pool].UsedBy)) {
				switch user.Kind {
				case lxd.UsedByVolume, lxd.UsedBySnapshot, lxd.UsedByImage: // it holds these
				default:
					entry.UsedBy = append(entry.UsedBy, user)
				}
			}
		} else {
			b.plan.Missing.UsedBy = append(b.plan.Missing.UsedBy, object.Volume)
			if usedBy, known := b.live.UsedBy[object.Volume]; known {
				entry.UsedBy = outsideUsers(b.live, usedBy)
			}
		}
		b.plan.Unmanaged = append(b.plan.Unmanaged, entry)
	}
}
