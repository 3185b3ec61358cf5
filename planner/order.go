package planner

import (
	"cmp"
	"container/heap"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/planner/plan"
)

// step is a step that has no number yet.
type step struct {
	plan.Step
	seq   int     // the order in which steps were added: patch after rename of one volume
	needs []*step // steps that this one needs

	// former is the name that a new volume had before, as the spec has it. Whoever gets that name has to wait: the two would
	// look like a rename that is still to be done.
	former lxd.VolumeID
}

func (b *builder) add(action plan.Action, reason string) *step {
	s := &step{Step: plan.Step{Action: action, Reason: reason}, seq: len(b.steps)}
	b.steps = append(b.steps, s)
	return s
}

func (s *step) class(class plan.Class, evidence plan.Evidence) {
	s.Class, s.Evidence = class, evidence
}

// orderSteps numbers the steps.
func (b *builder) orderSteps() { b.plan.Steps = order(b.steps) }

// order numbers steps so that each comes after those it needs, and otherwise pool by pool with deletions last.
func order(unordered []*step) []plan.Step {
	waiting := map[*step]int{}
	needed := map[*step][]*step{}
	ready := &queue{}
	for _, s := range unordered {
		waiting[s] = len(s.needs)
		for _, before := range s.needs {
			needed[before] = append(needed[before], s)
		}
		if len(s.needs) == 0 {
			ready.steps = append(ready.steps, s)
		}
	}
	heap.Init(ready)
	steps := make([]plan.Step, 0, len(unordered))
	var last *step // of those that run one at a time
	for ready.Len() > 0 {
		s := heap.Pop(ready).(*step)
		if s.oneAtATime() {
			if last != nil {
				s.needs = append(s.needs, last)
			}
			last = s
		}
		s.Number = len(steps) + 1
		for _, before := range s.needs {
			s.Needs = append(s.Needs, before.Number)
		}
		slices.Sort(s.Needs)
		s.Needs = slices.Compact(s.Needs)
		steps = append(steps, s.Step)
		for _, next := range needed[s] {
			if waiting[next]--; waiting[next] == 0 {
				heap.Push(ready, next)
			}
		}
	}
	if len(steps) != len(unordered) {
		panic("planner: steps need each other in a circle")
	}
	return steps
}

// arrivalOf is what the volume of a step is called after it, zero when it is gone then.
func arrivalOf(s *step) lxd.VolumeID {
	switch action := s.Action.(type) {
	case plan.RenameVolume:
		return action.To()
	case plan.MoveVolume:
		return action.To
	}
	return lxd.VolumeID{}
}

// linkSteps finds what each step needs.
func (b *builder) linkSteps() {
	pools := map[string]*step{}            // the step that makes a pool fit for new volumes
	freedBy := map[lxd.VolumeID]*step{}    // the step after which a name is free
	arrivesBy := map[lxd.VolumeID]*step{}  // the step after which a volume is there under its new name
	emptiedBy := map[string][]*step{}      // steps that take volumes out of a pool
	copiedBy := map[lxd.VolumeID][]*step{} // steps that copy a volume
	type remoteVolume struct {
		remote string
		id     lxd.VolumeID
	}
	copiedFrom := map[remoteVolume][]*step{} // steps that copy a volume of another server
	leftBy := map[lxd.VolumeID][]*step{}     // steps that take a name from a volume, on whichever member
	createdFrom := map[lxd.VolumeID]*step{}  // the step that creates what had a name before
	for _, s := range b.steps {
		switch action := s.Action.(type) {
		case plan.CreateVolume:
			arrivesBy[action.Volume] = s
			if s.former != (lxd.VolumeID{}) {
				createdFrom[s.former] = s
			}
		case plan.CreatePool:
			pools[action.Pool] = s
		case plan.PatchPool:
			if slices.ContainsFunc(action.Changes, isVolumeDefault) {
				pools[action.Pool] = s
			}
		case plan.RenameVolume:
			freedBy[action.Volume], arrivesBy[action.To()] = s, s
			leftBy[withoutMember(action.Volume)] = append(leftBy[withoutMember(action.Volume)], s)
		case plan.MoveVolume:
			freedBy[action.Volume], arrivesBy[action.To] = s, s
			leftBy[withoutMember(action.Volume)] = append(leftBy[withoutMember(action.Volume)], s)
			emptiedBy[action.Volume.Pool] = append(emptiedBy[action.Volume.Pool], s)
		case plan.MigrateVolume:
			arrivesBy[action.To] = s
		case plan.CopyVolume:
			arrivesBy[action.To] = s
			if action.Remote == "" {
				copiedBy[action.Volume] = append(copiedBy[action.Volume], s)
			} else {
				from := remoteVolume{action.Remote, action.Volume}
				copiedFrom[from] = append(copiedFrom[from], s)
			}
		case plan.DeleteVolume:
			freedBy[action.Volume] = s
			emptiedBy[action.Volume.Pool] = append(emptiedBy[action.Volume.Pool], s)
		}
	}
	// Of two members' volumes of one name the next plan could not tell which one renamed_from means, should this one end
	// half way. So a name is not used anew on another member before it has been left; unless both wait for each other.
	// Nor is a name that a volume had before, while that volume is still to be created.
	type preference struct{ first, step *step } // dropped where it would make a circle
	var preferences []preference
	for _, s := range b.steps {
		need := func(before *step) {
			if before != nil && before != s {
				s.needs = append(s.needs, before)
			}
		}
		preferLeft := func(id lxd.VolumeID) {
			for _, before := range leftBy[withoutMember(id)] {
				if before != s && before != freedBy[id] {
					preferences = append(preferences, preference{before, s})
				}
			}
			if before := createdFrom[id]; before != nil {
				preferences = append(preferences, preference{before, s})
			}
			// What has a name in the end is not what copy_of meant by it while another volume had it.
			if before := freedBy[id]; before != nil {
				for _, copies := range copiedBy[arrivalOf(before)] {
					if copies != s {
						preferences = append(preferences, preference{copies, s})
					}
				}
			}
		}
		switch action := s.Action.(type) {
		case plan.CreateVolume:
			need(pools[action.Volume.Pool])
			need(freedBy[action.Volume])
			preferLeft(action.Volume)
		case plan.RenameVolume:
			need(freedBy[action.To()])
			preferLeft(action.To())
		case plan.MoveVolume:
			need(pools[action.To.Pool])
			need(freedBy[action.To])
			preferLeft(action.To)
		case plan.MigrateVolume:
			for _, before := range copiedFrom[remoteVolume{action.Remote, action.Volume}] {
				need(before)
			}
			need(pools[action.To.Pool])
			need(freedBy[action.To])
			preferLeft(action.To)
		case plan.CopyVolume:
			need(pools[action.To.Pool])
			need(freedBy[action.To])
			if action.Remote == "" {
				need(arrivesBy[action.Volume])
			}
			preferLeft(action.To)
		case plan.PatchVolume:
			need(arrivesBy[action.Volume])
			for _, before := range copiedBy[action.Volume] { // the copy gets the config as it was
				need(before)
			}
		case plan.DeleteVolume:
			if before := freedBy[b.copiedFrom(action.Volume)]; before != nil && before != s {
				preferences = append(preferences, preference{s, before}) // without its original nobody could tell any more that it is a copy
			}
			for _, before := range copiedBy[action.Volume] {
				need(before)
			}
		case plan.DeletePool:
			for _, before := range emptiedBy[action.Pool] {
				need(before)
			}
		}
	}
	for _, p := range preferences {
		if !p.first.waitsFor(p.step) {
			p.step.needs = append(p.step.needs, p.first)
		}
	}
}

// waitsFor tells whether a step comes after another one anyway.
func (s *step) waitsFor(other *step) bool {
	seen := map[*step]bool{}
	var leads func(*step) bool
	leads = func(at *step) bool {
		if at == other {
			return true
		}
		if seen[at] {
			return false
		}
		seen[at] = true
		return slices.ContainsFunc(at.needs, leads)
	}
	return leads(s)
}

// oneAtATime tells whether a step has to wait for others of its kind: when something uses a volume that is renamed or
// moved, the server updates the instances and profiles, and refuses to do that twice at a time.
func (s *step) oneAtATime() bool {
	switch s.Action.(type) {
	case plan.RenameVolume, plan.MoveVolume:
		return s.Class == plan.Disruptive
	}
	return false
}

func withoutMember(id lxd.VolumeID) lxd.VolumeID {
	id.Member = ""
	return id
}

// isVolumeDefault tells whether a change of a pool is one that new volumes would notice.
func isVolumeDefault(change plan.Change) bool {
	key, _ := change.Attr.ConfigKey()
	return strings.HasPrefix(key, "volume.")
}

// queue holds the steps that could come next, the one that reads best first.
type queue struct{ steps []*step }

func (q *queue) Len() int           { return len(q.steps) }
func (q *queue) Swap(i, j int)      { q.steps[i], q.steps[j] = q.steps[j], q.steps[i] }
func (q *queue) Less(i, j int) bool { return compareSteps(q.steps[i], q.steps[j]) < 0 }
func (q *queue) Push(x any)         { q.steps = append(q.steps, x.(*step)) }
func (q *queue) Pop() any {
	last := q.steps[len(q.steps)-1]
	q.steps = q.steps[:len(q.steps)-1]
	return last
}

func compareSteps(x, y *step) int {
	return cmp.Or(
		cmp.Compare(deletion(x), deletion(y)),
		plan.CompareObjects(x.result(), y.result()),
		cmp.Compare(x.seq, y.seq),
	)
}

// result is the object under the name that it has after the step.
func (s *step) result() plan.Object {
	switch action := s.Action.(type) {
	case plan.RenameVolume:
		return plan.VolumeObject(action.To())
	case plan.MoveVolume:
		return plan.VolumeObject(action.To)
	}
	return s.Action.Object()
}

func deletion(s *step) int {
	switch s.Action.(type) {
	case plan.DeleteVolume:
		return 1
	case plan.DeletePool:
		return 2
	}
	return 0
}
