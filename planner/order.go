package planner

import (
	"cmp"
	"container/heap"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/planner/plan"
)

// draft is a step that has no number yet.
type draft struct {
	plan.Step
	seq   int      // the order in which steps were added: patch after rename of one volume
	after []*draft // steps that this one needs

	// claims is a name that a new volume had before, as the spec has it. Whoever gets that name has to wait: the two would
	// look like a rename that is still to be done.
	claims lxd.VolumeID
}

func (b *builder) add(action plan.Action, reason string) *draft {
	d := &draft{Step: plan.Step{Action: action, Reason: reason}, seq: len(b.steps)}
	b.steps = append(b.steps, d)
	return d
}

func (d *draft) class(class plan.Class, evidence []string) {
	d.Class, d.Evidence = class, evidence
}

// order numbers the steps so that each comes after those it needs, and otherwise pool by pool with deletions last.
func order(drafts []*draft) []plan.Step {
	waiting := map[*draft]int{}
	needed := map[*draft][]*draft{}
	ready := &queue{}
	for _, d := range drafts {
		waiting[d] = len(d.after)
		for _, before := range d.after {
			needed[before] = append(needed[before], d)
		}
		if len(d.after) == 0 {
			ready.drafts = append(ready.drafts, d)
		}
	}
	heap.Init(ready)
	steps := make([]plan.Step, 0, len(drafts))
	var last *draft // that takes turns
	for ready.Len() > 0 {
		d := heap.Pop(ready).(*draft)
		if d.takesTurns() {
			if last != nil {
				d.after = append(d.after, last)
			}
			last = d
		}
		d.Number = len(steps) + 1
		for _, before := range d.after {
			d.Needs = append(d.Needs, before.Number)
		}
		slices.Sort(d.Needs)
		d.Needs = slices.Compact(d.Needs)
		steps = append(steps, d.Step)
		for _, next := range needed[d] {
			if waiting[next]--; waiting[next] == 0 {
				heap.Push(ready, next)
			}
		}
	}
	if len(steps) != len(drafts) {
		panic("planner: steps need each other in a circle")
	}
	return steps
}

// link finds what each step needs.
func link(drafts []*draft) {
	pools := map[string]*draft{}          // the step that makes a pool fit for new volumes
	frees := map[lxd.VolumeID]*draft{}    // the step after which a name is free
	arrives := map[lxd.VolumeID]*draft{}  // the step after which a volume is there under its new name
	empties := map[string][]*draft{}      // steps that take volumes out of a pool
	leaves := map[lxd.VolumeID][]*draft{} // steps that take a name from a volume, on whichever member
	claimed := map[lxd.VolumeID]*draft{}  // the step that creates what had a name before
	for _, d := range drafts {
		switch action := d.Action.(type) {
		case plan.CreateVolume:
			if d.claims != (lxd.VolumeID{}) {
				claimed[d.claims] = d
			}
		case plan.CreatePool:
			pools[action.Pool] = d
		case plan.PatchPool:
			if slices.ContainsFunc(action.Changes, isVolumeDefault) {
				pools[action.Pool] = d
			}
		case plan.RenameVolume:
			frees[action.Volume], arrives[action.To()] = d, d
			leaves[anywhere(action.Volume)] = append(leaves[anywhere(action.Volume)], d)
		case plan.MoveVolume:
			frees[action.Volume], arrives[action.To] = d, d
			leaves[anywhere(action.Volume)] = append(leaves[anywhere(action.Volume)], d)
			empties[action.Volume.Pool] = append(empties[action.Volume.Pool], d)
		case plan.MigrateVolume:
			arrives[action.To] = d
		case plan.DeleteVolume:
			frees[action.Volume] = d
			empties[action.Volume.Pool] = append(empties[action.Volume.Pool], d)
		}
	}
	// Of two members' volumes of one name the next plan could not tell which one renamed_from means, should this one end
	// half way. So a name is not used anew on another member before it has been left; unless both wait for each other.
	// Nor is a name that a volume had before, while that volume is still to be created.
	var wishes [][2]*draft
	for _, d := range drafts {
		need := func(before *draft) {
			if before != nil && before != d {
				d.after = append(d.after, before)
			}
		}
		vacate := func(id lxd.VolumeID) {
			for _, before := range leaves[anywhere(id)] {
				if before != d && before != frees[id] {
					wishes = append(wishes, [2]*draft{before, d})
				}
			}
			if before := claimed[id]; before != nil {
				wishes = append(wishes, [2]*draft{before, d})
			}
		}
		switch action := d.Action.(type) {
		case plan.CreateVolume:
			need(pools[action.Volume.Pool])
			need(frees[action.Volume])
			vacate(action.Volume)
		case plan.RenameVolume:
			need(frees[action.To()])
			vacate(action.To())
		case plan.MoveVolume:
			need(pools[action.To.Pool])
			need(frees[action.To])
			vacate(action.To)
		case plan.MigrateVolume:
			need(pools[action.To.Pool])
			need(frees[action.To])
			vacate(action.To)
		case plan.PatchVolume:
			need(arrives[action.Volume])
		case plan.DeletePool:
			for _, before := range empties[action.Pool] {
				need(before)
			}
		}
	}
	for _, wish := range wishes {
		if before, d := wish[0], wish[1]; !before.waitsFor(d) {
			d.after = append(d.after, before)
		}
	}
}

// waitsFor tells whether a step comes after another one anyway.
func (d *draft) waitsFor(other *draft) bool {
	seen := map[*draft]bool{}
	var leads func(*draft) bool
	leads = func(at *draft) bool {
		if at == other {
			return true
		}
		if seen[at] {
			return false
		}
		seen[at] = true
		return slices.ContainsFunc(at.after, leads)
	}
	return leads(d)
}

// takesTurns tells whether a step has to wait for others of its kind: when something uses a volume that is renamed or
// moved, the server updates the instances and profiles, and refuses to do that twice at a time.
func (d *draft) takesTurns() bool {
	switch d.Action.(type) {
	case plan.RenameVolume, plan.MoveVolume:
		return d.Class == plan.Disruptive
	}
	return false
}

func anywhere(id lxd.VolumeID) lxd.VolumeID {
	id.Member = ""
	return id
}

// isVolumeDefault tells whether a change of a pool is one that new volumes would notice.
func isVolumeDefault(change plan.Change) bool {
	key, _ := change.Attr.ConfigKey()
	return strings.HasPrefix(key, "volume.")
}

// queue holds the steps that could come next, the one that reads best first.
type queue struct{ drafts []*draft }

func (q *queue) Len() int           { return len(q.drafts) }
func (q *queue) Swap(i, j int)      { q.drafts[i], q.drafts[j] = q.drafts[j], q.drafts[i] }
func (q *queue) Less(i, j int) bool { return compareDrafts(q.drafts[i], q.drafts[j]) < 0 }
func (q *queue) Push(x any)         { q.drafts = append(q.drafts, x.(*draft)) }
func (q *queue) Pop() any {
	last := q.drafts[len(q.drafts)-1]
	q.drafts = q.drafts[:len(q.drafts)-1]
	return last
}

func compareDrafts(x, y *draft) int {
	return cmp.Or(
		cmp.Compare(deletion(x), deletion(y)),
		plan.CompareObjects(x.result(), y.result()),
		cmp.Compare(x.seq, y.seq),
	)
}

// result is the object under the name that it has after the step.
func (d *draft) result() plan.Object {
	switch action := d.Action.(type) {
	case plan.RenameVolume:
		return plan.VolumeObject(action.To())
	case plan.MoveVolume:
		return plan.VolumeObject(action.To)
	}
	return d.Action.Object()
}

func deletion(d *draft) int {
	switch d.Action.(type) {
	case plan.DeleteVolume:
		return 1
	case plan.DeletePool:
		return 2
	}
	return 0
}
