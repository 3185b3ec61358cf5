package migrate_test

import (
	"slices"

	"tarn/lxd/migrate"
)

// mishap is a set of kinds of faults.
type mishap uint8

const (
	crash   mishap = 1 << iota // of a run
	loss                       // of an answer
	kill                       // of a daemon
	failure                    // of a transfer
)

func (m *model) allows(w *world, kind mishap) bool {
	return int(w.faults) < m.faults && m.kinds&kind != 0
}

// mishaps yields what may befall a run: it dies, or hears no answer. What it has sent may take effect later, or never.
func (m *model) mishaps(w *world, which int, yield yield) {
	r := w.actors[which].request
	if m.allows(w, crash) {
		n := *w
		n.faults++
		n.abandon(which)
		m.end(&n, which, hasDied)
		yield(&n, m.say("run %d dies at: %s", which+1, r))
	}
	if m.allows(w, loss) {
		n := *w
		n.faults++
		n.abandon(which)
		n.actors[which].lookAnew()
		yield(&n, m.say("run %d gets no answer to: %s", which+1, r))
	}
}

// abandon leaves a run's request on its way.
func (w *world) abandon(which int) {
	if r := w.actors[which].request; r.verb.changes() {
		w.addStray(r)
	}
}

// late yields the effects of requests that nobody waits for any more.
func (m *model) late(w *world, yield yield) {
	for i, r := range w.strays {
		if r.verb == idle || i > 0 && r == w.strays[i-1] {
			continue
		}
		n := *w
		n.removeStray(i)
		told := m.say("late: %s", r)
		if m.apply(&n, &r) == halfway {
			n.addStray(r)
		}
		yield(&n, told)
	}
}

// killings yields deaths of daemons. Operations are forgotten, and what was done half stays so. At most one rename is caught
// when the database has the new name and the disk has not.
func (m *model) killings(w *world, yield yield) {
	if !m.allows(w, kill) {
		return
	}
	sides := []side{targetSide, sourceSide}
	if !m.apart {
		sides = sides[:1]
	}
	for _, at := range sides {
		hit := func(r request) bool { return !m.apart || r.side == at }
		dead := *w
		dead.faults++
		dead.die(at == targetSide, hit)
		n := dead
		yield(&n, m.say("the daemon is killed"))
		for i := range dead.actors {
			n := dead
			if r := n.actors[i].request; hit(r) && m.renameHalf(&n, r) {
				n.actors[i].lookAnew()
				yield(&n, m.say("the daemon is killed when it has done in the database only: %s", r))
			}
		}
		for i, r := range dead.strays {
			n := dead
			if hit(r) && m.renameHalf(&n, r) {
				n.removeStray(i)
				yield(&n, m.say("the daemon is killed when it has done in the database only: %s", r))
			}
		}
	}
}

// die is the death of a daemon, without a rename.
func (w *world) die(ofTarget bool, hit func(request) bool) {
	if ofTarget {
		w.copies, w.move = [maxRuns]copying{}, copying{}
		for i := range w.volumes {
			w.volumes[i].copy = 0
		}
	}
	half := func(r request) bool { return (r.verb == removeEnd || r.verb == patchWrite) && hit(r) }
	for i := maxStrays - 1; i >= 0; i-- {
		if half(w.strays[i]) {
			w.removeStray(i)
		}
	}
	for i := range w.actors {
		if half(w.actors[i].request) {
			w.actors[i].lookAnew()
		}
	}
}

// renameHalf renames in the database only.
func (m *model) renameHalf(w *world, r request) bool {
	if r.verb != rename || m.apply(w, &r) != fine {
		return false
	}
	w.volumes[w.find(r.side, r.to)].void = true
	if !w.assured() || w.trusted() {
		w.lost = true // the disk has it still, under the old name
	}
	return true
}

// assured tells whether there is a complete volume of which some run, or its marks, know that it is, and which nobody is about to
// delete. When a person or a killed daemon takes the last one away nobody can help.
func (w *world) assured() bool {
	return slices.ContainsFunc(w.volumes[:], func(v volume) bool {
		return v.data == precious && v.complete() && v.name != spare && w.believed(v) && !w.condemned(v)
	})
}

func (w *world) believed(v volume) bool {
	if v.marks.state() != migrate.Migrating {
		return true
	}
	run := v.marks.run()
	return run >= 0 && slices.ContainsFunc(w.actors[:], func(a actor) bool {
		return v.name.isArriving() && a.complete&v.name.bit() != 0 || v.name == home && int(a.placed) == run+1
	})
}

// condemned tells whether a run is about to delete a volume, or to say that it may be.
func (w *world) condemned(v volume) bool {
	goes := func(r request) bool {
		return (r.verb == remove || r.why.is(migrate.MarkIncomplete)) && r.side == v.side && r.name == v.name
	}
	return slices.ContainsFunc(w.actors[:], func(a actor) bool { return goes(a.request) }) || slices.ContainsFunc(w.strays[:], goes)
}

// trusted tells whether a run has just seen that the target has arrived: it may go on to delete the source.
func (w *world) trusted() bool {
	return slices.ContainsFunc(w.actors[:], func(a actor) bool {
		return a.request.verb.reads() && a.sight.target.state() == migrate.Arrived
	})
}
