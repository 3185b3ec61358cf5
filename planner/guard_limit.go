package planner

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/schema"
	"tarn/planner/plan"
	"tarn/spec"
)

const (
	limitKey     = "limits.disk"
	poolLimitKey = "limits.disk.pool." // Incus, and LXD since 5.21
)

// guardLimits blocks what a project's limits of disk space do not allow. Servers add up the sizes that volumes and root disks of
// instances are to have, not what is in them, and refuse a new volume that would go beyond (seen on LXD 5.0.2 and Incus 6.0.4). They take a
// larger size of a volume that is there by PATCH, and then refuse everything else in the project, so that this is blocked too.
func (b *builder) guardLimits() {
	demands := b.projectDemands()
	for _, name := range slices.Sorted(maps.Keys(demands)) {
		d, project := demands[name], b.live.Projects[name]
		disk, known := b.live.Disk[name]
		if !d.takes() || project != nil && !hasLimits(project) {
			continue // what the default project has is not known before it is asked
		}
		if disk.Total >= 0 && known || project != nil && project.Config[limitKey] != "" {
			if b.needSizes(name, d, disk) {
				continue
			}
		}
		if project != nil && d.only(unsetsSize) {
			continue
		}
		b.plan.Missing.Disk = append(b.plan.Missing.Disk, name)
		if !known {
			continue
		}
		limits := []limit{{key: limitKey, Space: disk.Space}}
		for _, pool := range slices.Sorted(maps.Keys(disk.Pools)) {
			limits = append(limits, limit{poolLimitKey + pool, pool, disk.Pools[pool]})
		}
		for _, l := range limits {
			if l.Total >= 0 {
				b.guardLimit(name, l, d)
			}
		}
	}
}

func hasLimits(project *lxd.Project) bool {
	for key, value := range project.Config {
		if value != "" && (key == limitKey || strings.HasPrefix(key, poolLimitKey)) {
			return true
		}
	}
	return false
}

// limit is one of a project's, of everything or of what is in one pool.
type limit struct {
	key, pool string
	lxd.Space
}

func (l limit) counts(id lxd.VolumeID) bool { return l.pool == "" || l.pool == id.Pool }

// needSizes sees to it that every volume of a project with limits.disk has a size: servers take no volume without one there, and none at
// all while one has none. It tells whether the sum of sizes cannot be worked out.
func (b *builder) needSizes(project string, d *projectDemand, disk live.Disk) (unknown bool) {
	declared := map[lxd.VolumeID]*spec.Volume{}
	for _, v := range b.sortedVolumes() {
		declared[v.final()] = v.want
	}
	gone := map[lxd.VolumeID]bool{} // the live volumes without a size that have one in the end, or are gone, before others arrive
	var first *sizeStep
	for i, s := range d.steps {
		want := declared[s.volume]
		switch s.kind {
		case frees, changes:
			gone[s.volume] = true
			continue
		case settles:
			continue
		case unsetsSize, copies, arrives:
			if s.kind != unsetsSize && first == nil {
				first = &d.steps[i]
			}
			if s.kind != unsetsSize && !s.unsized {
				continue
			}
		}
		unknown = true
		if want != nil && want.Config["size"].Text == "" {
			b.block(plan.OverLimit, plan.VolumeObject(s.volume), "give it a size",
				"it would have no size, project %s has limits.disk, and the server then wants every volume to say its size", plan.Plain(project))
		} else if s.kind != unsetsSize {
			b.block(plan.OverLimit, s.step.Action.Object(), "give it a size where it is now",
				"it has no size, and project %s has limits.disk, so that the server does not take it there", plan.Plain(project))
		}
	}
	if first == nil || unknown {
		return unknown
	}
	var unsized []lxd.VolumeID
	for id, live := range b.live.Volumes.All() {
		if id.Project == project && live.Config["size"] == "" && !gone[id] {
			unsized = append(unsized, id)
		}
	}
	for _, id := range disk.Unsized {
		if b.live.Volumes.Get(id) == nil {
			unsized = append(unsized, id)
		}
	}
	if len(unsized) > 0 {
		b.block(plan.OverLimit, plan.VolumeObject(slices.MinFunc(unsized, lxd.VolumeID.Compare)), "give it a size and apply that first",
			"it has no size, so that the server cannot count what project %s has taken of its limits.disk and takes no more volumes there", plan.Plain(project))
		return true
	}
	for _, before := range d.steps {
		if live := b.live.Volumes.Get(before.volume); (before.kind == frees || before.kind == changes) && live != nil && live.Config["size"] == "" {
			d.order(before.step, copies, arrives)
		}
	}
	return false
}

// order lets steps of some kinds wait for a step, unless that waits for them.
func (d *projectDemand) order(first *step, kinds ...sizeKind) {
	for _, s := range d.steps {
		if slices.Contains(kinds, s.kind) && s.step != first && !first.waitsFor(s.step) {
			s.step.needs = append(s.step.needs, first)
		}
	}
}

// guardLimit blocks what goes beyond a limit of a project. Where only one order of the steps keeps within it, they get that order: what
// frees space first, then moves one by one, then what is new, and in the end what grows.
func (b *builder) guardLimit(project string, l limit, d *projectDemand) {
	const hint = "raise the limit, or free space in the project and apply that first"
	taken := fmt.Sprintf("taken %s of its %s of %s", schema.FormatSize(l.Used), plan.Plain(l.key), schema.FormatSize(l.Total))
	var freedFirst, freedByMoved, copied, fresh, grown int64
	var counted []sizeStep
	var lastArrival, lastGrowth plan.Object
	late := func(s sizeStep) bool { // it cannot come before everything that takes space
		return slices.ContainsFunc(d.steps, func(other sizeStep) bool {
			return (other.kind == copies || other.kind == arrives) && l.counts(other.volume) && other.step != s.step && s.step.waitsFor(other.step)
		})
	}
	inOrder := slices.Clone(d.steps)
	slices.SortStableFunc(inOrder, func(x, y sizeStep) int { return plan.CompareObjects(x.step.result(), y.step.result()) })
	for _, s := range inOrder {
		if !l.counts(s.volume) {
			continue
		}
		switch s.kind {
		case frees:
			if late(s) {
				continue
			}
			freedFirst = plus(freedFirst, s.old)
		case copies:
			if l.counts(s.from) {
				copied = plus(copied, s.new)
			} else { // from another pool, of which this limit knows nothing
				s.kind = arrives
				fresh = plus(fresh, s.new)
				lastArrival = s.step.Action.Object()
			}
		case arrives:
			fresh = plus(fresh, s.new)
			lastArrival = s.step.Action.Object()
		default:
			switch less := s.old - s.new; {
			case less < 0:
				grown = plus(grown, -less)
				lastGrowth = s.step.Action.Object()
			case s.kind == settles:
				freedByMoved = plus(freedByMoved, less)
			default:
				freedFirst = plus(freedFirst, less)
			}
		}
		counted = append(counted, s)
	}
	if plus(plus(plus(l.Used, copied), fresh), grown) <= l.Total {
		return // in whichever order
	}
	for _, s := range counted {
		if s.kind == copies && plus(s.new, l.Used-freedFirst) > l.Total {
			b.block(plan.OverLimit, s.step.Action.Object(), hint, "its copy of %s counts besides it until the move is done, and project %s has %s", schema.FormatSize(s.new), plan.Plain(project), taken)
		}
	}
	used := l.Used - freedFirst - freedByMoved
	b.guardPeaks(project, l, counted, used, taken)
	switch {
	case fresh > 0 && plus(fresh, used) > l.Total:
		b.block(plan.OverLimit, lastArrival, hint, "new volumes of %s are too much for project %s, which has %s", schema.FormatSize(fresh), plan.Plain(project), taken)
	case grown > 0 && plus(plus(fresh, grown), used) > l.Total:
		b.block(plan.OverLimit, lastGrowth, hint, "volumes that grow by %s are too much for project %s, which has %s: the server would "+
			"take that, and then refuse every new volume", schema.FormatSize(grown), plan.Plain(project), taken)
	}
	stages := projectDemand{counted}
	var lastCopy *step
	for _, s := range counted {
		switch {
		case s.kind == frees && s.old > 0, s.kind == changes && s.old > s.new, s.kind == unsetsSize:
			stages.order(s.step, copies, arrives)
		case s.kind == copies:
			stages.order(s.step, arrives)
			if lastCopy != nil && !lastCopy.waitsFor(s.step) {
				s.step.needs = append(s.step.needs, lastCopy)
			}
			lastCopy = s.step
		case s.kind == settles && s.old > s.new:
			stages.order(s.step, arrives)
		}
	}
	for _, s := range counted {
		if s.kind != arrives && s.kind != copies {
			continue
		}
		for _, later := range counted {
			if grows := later.new > later.old; grows && (later.kind == changes || later.kind == settles) && !s.step.waitsFor(later.step) {
				later.step.needs = append(later.step.needs, s.step)
			}
		}
	}
}
