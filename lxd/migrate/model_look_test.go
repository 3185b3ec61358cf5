package migrate_test

import (
	"cmp"

	"tarn/lxd/migrate"
)

// actor is one run, as look.go, act.go and migrate.go have it, cut where it waits for a server.
type actor struct {
	request request // the one that it waits for; none when it has ended
	result  result
	sight   sight

	// What run remembers, in its words. The names are as sets for each side.
	endedWell, complete names
	own, others         [2]names
	placed              int8 // one more than the number
	listed, begun       bool
	sourceLeft, failed  bool
	news                uint8 // how often something was too new for a lonely run
}

// sight is what a look has read so far.
type sight struct {
	target, source seen
	others         [6]seen // sorted as a run sorts them
	list, same     bool
	toRead         [2]names
	busy           names // which operations of the server write
	targetBusy     bool
}

// seen is a volume as it was read; without a name none.
type seen struct {
	side  side
	name  name
	marks marks
	data  data
	used  bool
}

func (w *world) see(at side, called name) seen {
	v := w.at(at, called)
	if v.name == nameless {
		return seen{}
	}
	return seen{at, called, v.marks, v.data, w.used && at == sourceSide && v.data == precious}
}

func (s seen) state() migrate.State {
	if s.name == nameless {
		return migrate.Absent
	}
	return s.marks.state()
}

// compareSeen sorts volumes as a run does. Those without a name come last.
func compareSeen(a, b seen) int {
	if a.name == nameless || b.name == nameless {
		return cmp.Compare(b.name, a.name)
	}
	return comparePlaces(a.side, a.name, b.side, b.name)
}

func (s *sight) add(v seen) {
	for i := range s.others {
		if s.others[i].name == nameless {
			s.others[i] = v
			return
		}
	}
	panic("model: too many volumes for one look")
}

func (s *sight) other(at side, called name) seen {
	for _, v := range s.others {
		if v.side == at && v.name == called {
			return v
		}
	}
	panic("model: no sight of " + called.on(at))
}

// start is a run at its first request.
func (a *actor) start() {
	*a = actor{}
	a.look(true)
}

// look begins a look. Without a list it reads again what is known of the others.
func (a *actor) look(list bool) {
	a.request = request{verb: getTarget, side: targetSide, name: home}
	a.sight = sight{list: list}
	if !list {
		for at := range a.own {
			a.sight.toRead[at] = a.own[at] | a.others[at]
		}
	}
}

// goOn is what a run does when it has done something.
func (a *actor) goOn() { a.look(!a.listed) }

// lookAnew is what a run does about a fault that passes, and when something is no longer as it was seen.
func (a *actor) lookAnew() {
	a.listed = false
	a.others = [2]names{}
	a.look(true)
}

// read does one read of a look. It tells whether that was the last one.
func (m *model) read(w *world, which int, a *actor) bool {
	s, r := &a.sight, &a.request
	next := func(verb verb, at side) bool {
		*r = request{verb: verb, side: at, name: home}
		if verb == listTarget || verb == listSource {
			r.name = nameless
		}
		return false
	}
	switch r.verb {
	case getTarget:
		s.target = w.see(targetSide, home)
		if !m.settles(which) {
			return next(getSource, sourceSide)
		}
		if s.list {
			return next(listTarget, targetSide)
		}
	case getSource:
		s.source = w.see(sourceSide, home)
		if s.list {
			return next(listTarget, targetSide)
		}
	case listTarget:
		a.others, a.listed = [2]names{}, true
		s.others = [len(s.others)]seen{}
		m.list(w, a, targetSide)
		s.same = true
		switch {
		case !m.copies(which):
			return next(listSource, sourceSide)
		case m.settles(which) || m.breaks(targetIsReadLast):
			return next(getTargetAgain, targetSide)
		}
		return next(getSourceAgain, sourceSide)
	case listSource:
		m.list(w, a, sourceSide)
		if m.breaks(targetIsReadLast) {
			return next(getTargetAgain, targetSide)
		}
		return next(getSourceAgain, sourceSide)
	case getSourceAgain:
		v := w.see(sourceSide, home)
		s.source, s.same = v, s.same && sameMarks(v, s.source)
		if !m.breaks(targetIsReadLast) {
			return next(getTargetAgain, targetSide)
		}
		if !s.same {
			return next(listTarget, targetSide)
		}
	case getTargetAgain:
		v := w.see(targetSide, home)
		s.target, s.same = v, s.same && sameMarks(v, s.target)
		if m.breaks(targetIsReadLast) {
			return next(getSourceAgain, sourceSide)
		}
		if !s.same && !m.breaks(namesAreReadTwice) {
			return next(listTarget, targetSide)
		}
	case getOther:
		if v := w.see(r.side, r.name); v.name != nameless {
			s.add(v)
		}
		s.toRead[r.side] &^= r.name.bit()
	case getOperations:
		for run, c := range w.copies {
			if c.phase.underWay() {
				s.busy |= arriving(run).bit()
			}
		}
		s.targetBusy = w.move.phase.underWay()
		return true
	default:
		panic("model: not a read: " + r.String())
	}
	for at, some := range s.toRead {
		if some != 0 {
			*r = request{verb: getOther, side: side(at), name: some.first()}
			return false
		}
	}
	if m.blind || !a.wantsOperations() {
		return true
	}
	return next(getOperations, targetSide)
}

func sameMarks(a, b seen) bool { return a.name == b.name && a.marks == b.marks }

func (a *actor) wantsOperations() bool {
	target := a.sight.target
	if target.state() == migrate.Moving || target.state() == migrate.Migrating && !a.isPlaced() {
		return true
	}
	for _, o := range a.sight.others {
		if o.state() == migrate.Migrating && o.name.isArriving() {
			return true
		}
	}
	return false
}

func (a *actor) isPlaced() bool {
	target := a.sight.target
	return target.state() == migrate.Migrating && a.placed > 0 && target.marks.run() == int(a.placed)-1
}

// list finds what belongs to runs on one side.
func (m *model) list(w *world, a *actor, at side) {
	for _, v := range w.volumes {
		if !v.name.ofRun() || v.side != at {
			continue
		}
		var belongs bool
		switch v.marks.state() {
		case migrate.Moving:
			belongs = at == sourceSide
		case migrate.Migrating:
			belongs = at == targetSide || v.name.wasHome()
		case migrate.Plain:
			belongs = a.own[at]&v.name.bit() != 0 || v.name.wasHome() && !m.breaks(wrongOneIsFound)
		default:
			belongs = at == targetSide
		}
		if belongs {
			a.others[at] |= v.name.bit()
			a.sight.add(w.see(at, v.name))
		}
	}
}
