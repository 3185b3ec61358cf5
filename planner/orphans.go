package planner

import (
	"maps"
	"slices"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/migrate"
	"tarn/planner/plan"
)

// planOrphans plans what carries this spec's mark, or lives in a pool that is exclusively its, and is not declared.
func (b *builder) planOrphans() {
	owner := b.want.Settings.Owner
	var orphans, strays []lxd.VolumeID
	for id, volume := range b.live.Volumes {
		if migrate.OfRun(id.Name) && b.volumes[id] == nil {
			if !b.ofAMove(volume) {
				strays = append(strays, id)
			}
			continue
		}
		if b.volumes[id] != nil || b.leaving[id] != nil {
			continue
		}
		pool := b.pools[id.Pool]
		if b.kept[id] != nil {
			continue
		}
		if owner != "" && volume.Config[live.OwnerKey] == owner || pool != nil && pool.want.Exclusive {
			orphans = append(orphans, id)
		}
	}
	slices.SortFunc(strays, lxd.VolumeID.Compare)
	for _, id := range strays {
		b.notice(plan.MoveOfOthers, plan.VolumeObject(id), "%s is left of a move that this spec does not have; the spec that has it ends it.",
			plan.Capital(plan.VolumeObject(id).String()))
	}
	slices.SortFunc(orphans, lxd.VolumeID.Compare)
	for _, id := range orphans {
		if b.opts.Prune {
			b.deleteVolume(b.live.Volumes[id], "not in the spec, --prune")
		} else {
			b.plan.Orphans = append(b.plan.Orphans, plan.VolumeObject(id))
			if b.live.Volumes[id].Config[preventDeleteKey] != "" {
				b.notice(plan.ProtectedOrphan, plan.VolumeObject(id), "%s is protected by prevent_delete, so --prune would be blocked.", plan.Capital(plan.VolumeObject(id).String()))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b.live.Pools)) {
		if pool := b.live.Pools[name]; owner != "" && pool.Config[live.OwnerKey] == owner && b.pools[name] == nil {
			b.plan.Orphans = append(b.plan.Orphans, plan.PoolObject(name))
		}
	}
}
