package migrate_test

import (
	"fmt"
	"slices"

	"tarn/lxd/migrate"
)

// model is what is allowed to happen.
type model struct {
	runs      int  // at the same time; as often as one ends another one starts
	keep      bool // a copy: the source stays
	uuid      bool // ETags tell a volume from another one with the same config: every volume has a volatile.uuid
	torn      bool // a patch checks its ETag first and writes later, as LXD 5.0.2 does
	blind     bool // nothing is known of operations
	oneServer bool
	newcomer  bool // another volume may come under the source's name once that is free and a run has ended well
	early     bool // with that: it does not wait for the end of a run

	faults  int    // how many there may be
	kinds   mishap // of which kinds
	persons int    // how often a person may do something
	lonely  bool   // one run, and no other one when it has ended
	news    uint8  // with that: how often something may be too new for it
	crowd   int    // how many volumes may be leaving on the target's side before the search does not go on
	broken  rule

	aloud bool
}

// mishap is a set of faults.
type mishap uint8

const (
	crash      mishap = 1 << iota // of a run
	loss                          // of an answer
	kill                          // of a daemon
	failure                       // of a transfer
	allMishaps = crash | loss | kill | failure
)

type yield func(next *world, told string)

func (m *model) allows(w *world, kind mishap) bool {
	return int(w.faults) < m.faults && m.kinds&kind != 0
}

func (m *model) say(format string, args ...any) string {
	if !m.aloud {
		return ""
	}
	return fmt.Sprintf(format, args...)
}

// initial is the world before anything has happened.
func (m *model) initial() *world {
	var w world
	w.put(volume{side: sourceSide, name: home, data: precious, whole: true})
	for i := range m.runs {
		w.actors[i].start()
	}
	return &w
}

// moves yields all that may happen next.
func (m *model) moves(w *world, yield yield) {
	tidied := func(n *world, told string) {
		m.readings(w, n, told, func(n *world, told string) {
			tidy := *n
			m.tidy(&tidy)
			yield(&tidy, told)
		})
	}
	for i := range w.actors {
		if w.actors[i].request.verb != idle {
			m.step(w, i, tidied)
			m.mishaps(w, i, tidied)
		}
	}
	m.straying(w, tidied)
	m.copyings(w, tidied)
	m.killings(w, tidied)
	m.meddling(w, tidied)
}

// mishaps yields what may befall a run: it dies, or hears no answer. What it has sent may take effect later, or never.
func (m *model) mishaps(w *world, which int, yield yield) {
	r := w.actors[which].request
	if m.allows(w, crash) {
		n := *w
		n.faults++
		n.abandon(which)
		m.end(&n, which, crashed)
		yield(&n, m.say("run %d dies at: %s", which+1, r))
	}
	if m.allows(w, loss) {
		n := *w
		n.faults++
		n.abandon(which)
		n.actors[which].shaken()
		yield(&n, m.say("run %d gets no answer to: %s", which+1, r))
	}
}

// abandon leaves a run's request on its way.
func (w *world) abandon(which int) {
	if r := w.actors[which].request; r.verb.changes() {
		w.addStray(r)
	}
}

// straying yields the late effects of requests that nobody waits for.
func (m *model) straying(w *world, yield yield) {
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

// meddling yields what people and other steps of a plan may do.
func (m *model) meddling(w *world, yield yield) {
	if m.newcomer && (w.finished || m.early) && !w.newcomer && w.find(sourceSide, home) < 0 && !w.borrowed {
		n := *w
		n.newcomer = true
		n.lost = n.lost || w.meddled // who deletes the source and puts another one there has this one moved
		n.put(volume{side: sourceSide, name: home, data: other, whole: true})
		yield(&n, m.say("a newcomer is created under the source's name"))
	}
	if int(w.persons) >= m.persons {
		return
	}
	act := func(n world, format string, args ...any) {
		n.persons++
		yield(&n, m.say("a person "+format, args...))
	}
	for i, v := range w.volumes {
		if v.name == nameless || v.name.isLeaving() {
			continue
		}
		called := v.name.on(v.side)
		if v.name != spare && w.find(v.side, spare) < 0 {
			n := *w
			n.put(volume{side: v.side, name: spare, marks: v.marks, data: v.data, whole: v.complete()})
			act(n, "copies %s to %s", called, spare.on(v.side))
		}
		if v.side == targetSide && v.name != home && w.find(targetSide, home) < 0 {
			n := *w
			n.renameVolume(i, home)
			n.meddled = true
			act(n, "renames %s to TARGET", called)
		}
		if v.side == sourceSide && v.name == home && w.find(sourceSide, spare) < 0 {
			n := *w
			n.renameVolume(i, spare)
			n.borrowed, n.meddled = true, true
			act(n, "renames SOURCE to a name of his own")
		}
		if v.side == sourceSide && v.name == spare && w.borrowed && w.find(sourceSide, home) < 0 {
			n := *w
			n.renameVolume(i, home)
			n.borrowed = false
			act(n, "renames that to SOURCE")
		}
		if v.data == precious && (v.side == sourceSide && v.name == home || v.side == targetSide && v.name.isArriving()) {
			n := *w
			n.unsound(v)
			n.remove(i)
			n.meddled, n.lost = true, w.lost || !n.assured()
			act(n, "deletes %s", called)
		}
	}
}

// assured tells whether there is a volume of which somebody but a person knows that it is complete, and which nobody is about to
// delete.
func (w *world) assured() bool {
	for _, v := range w.volumes {
		if v.data == precious && v.complete() && v.name != spare && w.believed(v) && !w.condemned(v) {
			return true
		}
	}
	return false
}

// believed tells whether somebody knows of a complete volume that it is.
func (w *world) believed(v volume) bool {
	run := v.marks.run()
	if v.marks.state() != migrate.Migrating {
		return true
	}
	if run < 0 {
		return false
	}
	for _, a := range w.actors {
		switch {
		case v.name.isArriving() && a.complete&v.name.bit() != 0:
			return true
		case v.name == home && int(a.placed)-1 == run:
			return true
		}
	}
	return false
}

// condemned tells whether its deletion is on its way.
func (w *world) condemned(v volume) bool {
	goes := func(r request) bool {
		return (r.verb == remove || r.verb.changes() && migrate.Do(r.why) == migrate.Demote) && r.side == v.side && r.name == v.name
	}
	for _, a := range w.actors {
		if goes(a.request) {
			return true
		}
	}
	return slices.ContainsFunc(w.strays[:], goes)
}

// tidy makes worlds equal that have the same future: it drops what runs remember of names that no volume has or can get.
func (m *model) tidy(w *world) {
	var have [2]names
	var runs names // whose marks there are
	for _, v := range w.volumes {
		if v.name.ofRun() {
			have[v.side] |= v.name.bit()
		}
		if run := v.marks.run(); run >= 0 {
			runs |= 1 << run
		}
	}
	coming := func(r request) {
		if r.verb == rename && r.to.ofRun() {
			have[r.side] |= r.to.bit()
		}
		if r.verb == send {
			have[r.side] |= r.name.bit()
			runs |= r.name.bit()
		}
	}
	for i := range w.actors {
		coming(w.actors[i].request)
	}
	for i := range w.strays {
		coming(w.strays[i])
	}
	for i := maxStrays - 1; i >= 0; i-- {
		r := w.strays[i]
		dead := r.name.ofRun() && r.verb != send && have[r.side]&r.name.bit() == 0
		if run := r.seen.run(); r.verb == patch && run >= 0 && runs&arriving(run).bit() == 0 {
			dead = true
		}
		if dead {
			w.removeStray(i)
		}
	}
	var waited names
	for i := range w.actors {
		a := &w.actors[i]
		have, runs := have, runs
		if run := a.sight.target.marks.run(); run >= 0 {
			runs |= 1 << run
		}
		for _, v := range a.sight.others {
			if v.name != nameless {
				have[v.side] |= v.name.bit()
			}
		}
		a.complete &= have[targetSide] | runs
		a.endedWell &= have[targetSide] | runs
		for at := range a.own {
			a.own[at] &= have[at]
			a.others[at] &= have[at]
		}
		if a.placed > 0 && runs>>(a.placed-1)&1 == 0 {
			a.placed = 0
		}
		if a.request.verb == waitCopying {
			waited |= 1 << a.request.name.run()
		}
	}
	for i := range w.copies {
		if !w.copies[i].phase.underWay() && waited>>i&1 == 0 {
			w.copies[i] = copying{}
		}
	}
	m.closeGaps(w)
}
