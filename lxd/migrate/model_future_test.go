package migrate_test

import (
	"hash/maphash"
	"slices"
)

// futures judges what becomes of a world when all runs die, nothing else goes wrong, and one run is started.
type futures struct {
	model    model
	seed     maphash.Seed
	settled  map[uint64]string // what is wrong with the futures of a world without runs
	followed map[uint64]string // the same with one run in it
	open     map[uint64]bool   // on the way to here
}

func newFutures(m *model, seed maphash.Seed) *futures {
	f := &futures{model: *m, seed: seed, settled: map[uint64]string{}, followed: map[uint64]string{}, open: map[uint64]bool{}}
	f.model.faults, f.model.persons, f.model.newcomer = 0, 0, false
	f.model.lonely, f.model.news = true, 1
	return f
}

// judge tells what goes wrong.
func (f *futures) judge(w *world) string { return f.settle(f.alone(w)) }

// alone is the world without its runs.
func (f *futures) alone(w *world) *world {
	n := *w
	n.faults, n.persons = 0, 0
	for i := range n.actors {
		n.abandon(i)
		n.actors[i] = actor{}
	}
	f.model.tidy(&n)
	return &n
}

// settle lets requests on their way take effect, or get lost, before the run starts.
func (f *futures) settle(w *world) string {
	k := maphash.Comparable(f.seed, *w)
	if text, known := f.settled[k]; known {
		return text
	}
	text := ""
	f.model.straying(w, func(n *world, _ string) {
		f.model.tidy(n)
		if text == "" {
			text = f.model.wrong(n)
		}
		if text == "" {
			text = f.settle(n)
		}
	})
	if text == "" {
		text = f.follow(f.started(w))
	}
	f.settled[k] = text
	return text
}

// started is the world with one run at its start, and nothing on its way.
func (f *futures) started(w *world) *world {
	n := *w
	n.strays = [maxStrays]request{}
	f.model.tidy(&n)
	n.actors[0].start()
	return &n
}

// follow goes all ways from a world with one run in it.
func (f *futures) follow(w *world) string {
	k := maphash.Comparable(f.seed, *w)
	if text, known := f.followed[k]; known {
		return text
	}
	if f.open[k] {
		return "it goes round in circles"
	}
	f.open[k] = true
	moves, text := 0, ""
	f.model.moves(w, func(n *world, _ string) {
		moves++
		if text == "" {
			text = f.model.wrong(n)
		}
		if text == "" {
			text = f.follow(n)
		}
	})
	if text == "" && moves == 0 {
		text = f.model.wrongEnd(w)
	}
	delete(f.open, k)
	f.followed[k] = text
	return text
}

// trace tells how a world that was judged comes to a bad end.
func (f *futures) trace(w *world, text string) []string {
	m := f.model
	m.aloud = true
	t := teller{}
	n := f.alone(w)
	t.tell("all runs die", n)
	for again := true; again; {
		again = false
		m.straying(n, func(then *world, told string) {
			m.tidy(then)
			if !again && (m.wrong(then) == text || f.settled[maphash.Comparable(f.seed, *then)] == text) {
				c := *then
				n, again = &c, true
				t.tell(told, n)
			}
		})
	}
	if m.wrong(n) == text {
		return t.told
	}
	n = f.started(n)
	t.tell("a new run starts", n)
	seen := map[uint64]bool{}
	for again := true; again; {
		again = false
		m.moves(n, func(then *world, told string) {
			k := maphash.Comparable(f.seed, *then)
			if !again && !seen[k] && (m.wrong(then) == text || f.followed[k] == text) {
				c := *then
				n, again = &c, true
				seen[k] = true
				t.tell(told, n)
			}
		})
	}
	return t.told
}

// wrongEnd tells what is wrong with the end of a lonely run, when nothing moves any more.
func (m *model) wrongEnd(w *world) string {
	how := w.actors[0].result
	var target, source volume
	if i := w.find(targetSide, home); i >= 0 {
		target = w.volumes[i]
	}
	if i := w.find(sourceSide, home); i >= 0 {
		source = w.volumes[i]
	}
	good := target.complete() && target.data == precious && target.marks == (marks{})
	switch {
	case w.lost:
		return "" // it is for a person to say what is to become of that
	case how == isDone:
		// as it should be
	case (how == wasRefused || how == transferFailed) && w.hasVoid():
		return ""
	case how.both() && good && source.data == other && source.marks == (marks{}):
		return ""
	case how.both() && good && m.torn && source.data == precious:
		return "" // of two marks at once the second came late
	case how == areBothThere && good && !m.uuid && source.data == other && source.complete():
		return "" // a mark was meant for the source, and the newcomer has the ETag that the source had
	case how == nameTaken && w.newcomer:
		return ""
	case how == isConflict && good && m.keep:
		return ""
	case how == isNotFound && w.meddled && target.name == nameless && source.name == nameless:
		return ""
	case how == isOrphan && w.meddled && source.name == nameless:
		return ""
	case how.both() && w.meddled && good:
		return ""
	default:
		return "a lonely run ends with: " + how.String()
	}
	switch {
	case target.name == nameless:
		return "a lonely run is done, and there is no target"
	case !target.complete() || target.data != precious:
		return "a lonely run is done, and the target is not complete"
	case target.marks != (marks{}):
		return "a lonely run is done, and the target is marked"
	case source.data == precious && !m.keep:
		return "a lonely run is done, and the source is there"
	case source.data == other && source.marks != (marks{}):
		return "a lonely run is done, and the newcomer is marked"
	}
	for _, v := range w.volumes {
		switch {
		case v.name.isArriving():
			return "a lonely run is done, and an arriving volume is there"
		case v.name.isLeaving() && v.side == targetSide && v.marks.arrived != 0 && w.meddled:
			// nobody can tell what it is
		case v.name.isLeaving() && v.side == targetSide:
			return "a lonely run is done, and a leaving volume is there on the target's side"
		case v.name.isLeaving() && v.data == other:
			return "a lonely run is done, and the newcomer is under a leaving name"
		case v.name.isLeaving():
			return "a lonely run is done, and a leaving source is there"
		}
	}
	return ""
}

// hasVoid tells whether a daemon was killed in the middle of a rename, which only a person can mend.
func (w *world) hasVoid() bool {
	return slices.ContainsFunc(w.volumes[:], func(v volume) bool { return v.void })
}

// both tells whether a run has ended because both names are taken.
func (r result) both() bool { return r == isConflict || r == areBothThere || r == sourceStays }
