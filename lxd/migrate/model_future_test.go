package migrate_test

import "hash/maphash"

// futures judges what becomes of a world when all runs die, nothing else goes wrong, and one run is started.
type futures struct {
	model    model
	seed     maphash.Seed
	settled  map[uint64]string // what is wrong with the future of a world without runs
	followed map[uint64]string // the same with one run in it
	open     map[uint64]bool   // on the way to here
}

func newFutures(m *model, seed maphash.Seed) *futures {
	f := &futures{model: *m, seed: seed, settled: map[uint64]string{}, followed: map[uint64]string{}, open: map[uint64]bool{}}
	f.model.lonely, f.model.faults, f.model.persons, f.model.newcomer = true, 0, 0, false
	return f
}

func (f *futures) hash(w *world) uint64 { return maphash.Comparable(f.seed, *w) }

// judge tells what goes wrong.
func (f *futures) judge(w *world) string { return f.settle(f.deserted(w)) }

// deserted is the world without its runs.
func (f *futures) deserted(w *world) *world {
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
	k := f.hash(w)
	if text, known := f.settled[k]; known {
		return text
	}
	text := ""
	f.model.late(w, func(n *world, _ string) {
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
	k := f.hash(w)
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

// tell tells how a world that was judged comes to a bad end.
func (f *futures) tell(t *teller, w *world, text string) {
	m := f.model
	m.aloud = true
	n := f.deserted(w)
	t.tell("all runs die", n)
	for again := true; again && m.wrong(n) != text; {
		again = false
		m.late(n, func(then *world, told string) {
			m.tidy(then)
			if !again && (m.wrong(then) == text || f.settled[f.hash(then)] == text) {
				c := *then
				n, again = &c, true
				t.tell(told, n)
			}
		})
	}
	if m.wrong(n) == text {
		return
	}
	n = f.started(n)
	t.tell("a new run starts", n)
	seen := map[uint64]bool{}
	for m.wrong(n) != text && m.follow(&n, t, func(then *world) bool {
		k := f.hash(then)
		return !seen[k] && (m.wrong(then) == text || f.followed[k] == text)
	}) {
		seen[f.hash(n)] = true
	}
}
