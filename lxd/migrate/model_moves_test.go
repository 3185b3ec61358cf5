package migrate_test

import "fmt"

// model is what may happen.
type model struct {
	runs     int  // at the same time; as often as one ends another one may start
	keep     bool // a copy: the source stays
	settler  bool // the second run does what is left of a move and knows no source (migrate.Settle)
	used     bool // something uses the source until a person ends that, so that the server makes the move
	newcomer bool // another volume may come under the source's name once that is free and a run has ended well
	early    bool // with that: it does not wait for the end of a run

	apart bool // the two sides are on two servers
	uuid  bool // ETags tell a volume from another one with the same config, for each has a volatile.uuid
	torn  bool // a patch checks its ETag first and writes later, as on LXD 5.0.2
	blind bool // nothing is known of operations

	faults  int    // how many there may be
	kinds   mishap // of which kinds
	persons int    // how often a person may do something

	crowd  int  // how many volumes may be leaving on the target's side before the search does not go on; 1 when 0
	calm   bool // with that: none may
	lonely bool // one run, and none after it
	aloud  bool // moves are told
	broken rule // what is left out of the protocol
}

func (m *model) copies(which int) bool  { return m.keep || m.settles(which) }
func (m *model) settles(which int) bool { return m.settler && which == 1 && !m.lonely }
func (m *model) breaks(r rule) bool     { return m.broken == r }

// yield takes what a world may become, and how that is told.
type yield func(next *world, told string)

func (m *model) say(format string, args ...any) string {
	if !m.aloud {
		return ""
	}
	return fmt.Sprintf(format, args...)
}

// initial is the world before anything has happened.
func (m *model) initial() *world {
	w := world{used: m.used}
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
	m.late(w, tidied)
	m.operations(w, tidied)
	m.killings(w, tidied)
	m.newcomers(w, tidied)
	m.people(w, tidied)
}

// tidy makes worlds equal that have the same future: it drops what runs remember of names that no volume has or can get, and
// requests that can have no effect.
func (m *model) tidy(w *world) {
	var there [2]names
	var runs names // whose marks there are, or may come
	for _, v := range w.volumes {
		if v.name.ofRun() {
			there[v.side] |= v.name.bit()
		}
		if run := v.marks.run(); run >= 0 {
			runs |= arriving(run).bit()
		}
	}
	coming := func(r request) {
		switch {
		case r.verb == rename && r.to.ofRun():
			there[r.side] |= r.to.bit()
		case r.verb == send:
			there[r.side] |= r.name.bit()
			runs |= r.name.bit()
		}
	}
	for i := range w.actors {
		coming(w.actors[i].request)
	}
	for _, r := range w.strays {
		coming(r)
	}
	for i := maxStrays - 1; i >= 0; i-- {
		r := w.strays[i]
		gone := r.name.ofRun() && r.verb != send && there[r.side]&r.name.bit() == 0
		if run := r.seen.run(); run >= 0 && r.verb == patch && runs&arriving(run).bit() == 0 {
			gone = true // nothing has the ETag
		}
		if gone {
			w.removeStray(i)
		}
	}
	var waited names
	moveWaited := false
	for i := range w.actors {
		a := &w.actors[i]
		m.forget(a, there, runs)
		if a.request.verb == waitCopying && a.request.name.isArriving() {
			waited |= a.request.name.bit()
		}
		if a.request.verb == waitCopying && a.request.name == home {
			moveWaited = true
		}
	}
	if !w.move.phase.underWay() && !moveWaited {
		w.move = copying{}
	}
	for i := range w.copies {
		if !w.copies[i].phase.underWay() && waited&arriving(i).bit() == 0 {
			w.copies[i] = copying{}
		}
	}
	m.closeGaps(w)
}

// forget drops what a run remembers in vain.
func (m *model) forget(a *actor, there [2]names, runs names) {
	if run := a.sight.target.marks.run(); run >= 0 {
		runs |= arriving(run).bit()
	}
	for _, v := range a.sight.others {
		if v.name != nameless {
			there[v.side] |= v.name.bit()
		}
	}
	a.complete &= there[targetSide] | runs
	a.endedWell &= there[targetSide] | runs
	for at := range a.own {
		a.own[at] &= there[at]
		a.others[at] &= there[at]
	}
	if a.placed > 0 && runs&arriving(int(a.placed)-1).bit() == 0 {
		a.placed = 0
	}
}
