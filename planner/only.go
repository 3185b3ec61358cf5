package planner

import (
	"slices"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/planner/plan"
)

// narrow leaves out the steps that are neither about the objects that Options.Only names nor needed by such a step, those about what
// Options.Exclude names with all that need them, and what else there is to say of other objects. It comes before the steps are
// counted against a limit.
func (b *builder) narrow() {
	if len(b.opts.Only) == 0 && len(b.opts.Exclude) == 0 {
		return
	}
	b.plan.Only, b.plan.Excluded = b.opts.Only, b.opts.Exclude
	if len(b.opts.Only) > 0 {
		b.only = b.resolve("--only", b.opts.Only)
	}
	b.excluded = b.resolve("--exclude", b.opts.Exclude)
	kept := b.keep()
	concerns, leftOut, changes := map[plan.Object]bool{}, map[plan.Object]bool{}, map[plan.Object]bool{}
	for _, s := range b.steps {
		for _, object := range []plan.Object{s.Action.Object(), s.result()} {
			if kept[s] {
				changes[object] = true
				concerns[object], concerns[plan.PoolObject(object.Pool)] = true, true // a volume cannot be better off than its pool
			} else {
				leftOut[object] = true
			}
		}
	}
	for object := range b.only {
		if b.inScope(object) {
			concerns[object], concerns[plan.PoolObject(object.Pool)] = true, true
		}
	}
	for object := range leftOut {
		if b.excluded != nil && !concerns[object] {
			b.excluded[object] = true // it is not as it should be, though nothing is done about it
		}
	}
	elsewhere := func(object plan.Object) bool {
		return !concerns[object] && (b.only != nil || b.excluded[object])
	}
	// What the server does not change of a pool stands in the way of no volume in it, but that its driver is another one.
	unchanged := func(blocker plan.Blocker) bool {
		object := blocker.Object
		if !object.IsPool() || blocker.Code != plan.CannotChange && blocker.Code != plan.CannotShrink || changes[object] {
			return false
		}
		pool := b.pools[object.Pool]
		return !(pool != nil && pool.otherDriver()) && (b.only != nil && !b.only[object] || b.excluded[object])
	}
	b.plan.LeftOut = len(b.steps) - len(kept)
	b.steps = slices.DeleteFunc(b.steps, func(s *step) bool { return !kept[s] })
	b.plan.Blockers = slices.DeleteFunc(b.plan.Blockers, func(blocker plan.Blocker) bool { return elsewhere(blocker.Object) || unchanged(blocker) })
	b.plan.Orphans = slices.DeleteFunc(b.plan.Orphans, func(object plan.Object) bool { return !b.inScope(object) })
	b.plan.Strangers = slices.DeleteFunc(b.plan.Strangers, func(object plan.Object) bool { return !b.inScope(object) })
	b.plan.Missing.Usage = slices.DeleteFunc(b.plan.Missing.Usage, func(id lxd.VolumeID) bool { return elsewhere(plan.VolumeObject(id)) })
	b.plan.Missing.Snapshots = slices.DeleteFunc(b.plan.Missing.Snapshots, func(id live.SnapshotID) bool { return elsewhere(plan.VolumeObject(id.Volume)) })
	b.plan.Missing.Unlisted = slices.DeleteFunc(b.plan.Missing.Unlisted, func(name string) bool { return elsewhere(plan.PoolObject(name)) })
	b.plan.Notices = slices.DeleteFunc(b.plan.Notices, func(n plan.Notice) bool { return elsewhere(n.Object) })
}

// keep gives the steps that Options.Only and Options.Exclude leave.
func (b *builder) keep() map[*step]bool {
	kept := map[*step]bool{}
	var keep func(*step)
	keep = func(s *step) {
		if kept[s] {
			return
		}
		kept[s] = true
		for _, before := range s.needs {
			keep(before)
		}
	}
	for _, s := range b.steps {
		if b.only == nil || b.only[s.Action.Object()] || b.only[s.result()] {
			keep(s)
		}
	}
	needed := map[*step][]*step{}
	for _, s := range b.steps {
		for _, before := range s.needs {
			needed[before] = append(needed[before], s)
		}
	}
	var drop func(*step)
	drop = func(s *step) {
		if kept[s] {
			delete(kept, s)
			for _, later := range needed[s] {
				drop(later)
			}
		}
	}
	for _, s := range b.steps {
		if b.excluded[s.Action.Object()] || b.excluded[s.result()] {
			drop(s)
		}
	}
	return kept
}
