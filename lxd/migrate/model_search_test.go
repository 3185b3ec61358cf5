package migrate_test

import (
	"hash/maphash"
	"slices"
	"strings"
)

// search visits all worlds that can be reached, the nearest first, and judges each.
type search struct {
	*model
	seed    maphash.Seed
	parent  map[uint64]uint64 // of each world that was visited, the one from which it was reached first
	moved   int
	crowded int // worlds from which the search did not go on
	futures *futures

	faults map[string]fault // the nearest, by what is wrong
}

// fault is a world with which something is wrong.
type fault struct {
	world  world
	future bool // it is what becomes of that
}

func newSearch(m *model) *search {
	s := &search{model: m, seed: maphash.MakeSeed(), parent: map[uint64]uint64{}, faults: map[string]fault{}}
	s.futures = newFutures(m, s.seed)
	return s
}

// run goes on until there is nothing new, or with enough until something is wrong.
func (s *search) run(enough bool) {
	var level, next []world
	visit := func(w *world, from uint64) {
		k := s.key(w)
		if _, old := s.parent[k]; old {
			return
		}
		s.parent[k] = from
		if text := s.wrong(w); text != "" {
			s.note(text, fault{*w, false})
			return
		}
		for _, n := range s.same(w) {
			if text := s.futures.judge(&n); text != "" {
				s.note(text, fault{n, true})
			}
		}
		if crowd := w.crowd(); s.calm && crowd > 0 || crowd > max(s.crowd, 1) {
			s.crowded++
			return
		}
		next = append(next, *w)
	}
	visit(s.initial(), 0)
	for len(next) > 0 {
		level, next = next, level[:0]
		for i := range level {
			from := s.key(&level[i])
			s.moves(&level[i], func(w *world, _ string) {
				s.moved++
				visit(w, from)
			})
			if enough && len(s.faults) > 0 {
				return
			}
		}
	}
}

func (s *search) note(text string, f fault) {
	if _, old := s.faults[text]; !old {
		s.faults[text] = f
	}
}

// wrong tells what must never be so.
func (m *model) wrong(w *world) string {
	switch {
	case !w.lost && !w.has(precious):
		return "nothing complete is left"
	case w.newcomer && !w.has(other):
		return "another volume is lost"
	case w.ended == isDone:
		return "a run is done, and the target is not complete"
	}
	return ""
}

// crowd is how many volumes are leaving on the target's side. Runs that never wait for each other could make new ones for ever.
func (w *world) crowd() int {
	count := 0
	for _, v := range w.volumes {
		if v.side == targetSide && v.name.isLeaving() {
			count++
		}
	}
	return count
}

func (s *search) hash(w *world) uint64 { return maphash.Comparable(s.seed, *w) }

// key is what a world is remembered by. Runs differ in nothing but the names that they give, so worlds in which only the runs
// are others have one key.
func (s *search) key(w *world) uint64 {
	key := s.hash(w)
	for _, order := range s.orders() {
		n := s.reordered(w, order)
		key = min(key, s.hash(&n))
	}
	return key
}

// same are the worlds that have the same key.
func (s *search) same(w *world) []world {
	all := []world{*w}
	for _, order := range s.orders() {
		all = append(all, s.reordered(w, order))
	}
	return all
}

// orders are the ways to number runs that are alike, but for the one that there is.
func (m *model) orders() [][maxActors]int {
	switch {
	case m.settler, m.runs < 2:
		return nil
	case m.runs == 2:
		return [][maxActors]int{{1, 0, 2}}
	}
	return [][maxActors]int{{0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}
}

// trace tells how a fault comes about.
func (s *search) trace(text string) *teller {
	f := s.faults[text]
	var keys []uint64
	for k := s.key(&f.world); k != 0; k = s.parent[k] {
		keys = append(keys, k)
	}
	slices.Reverse(keys)
	m := *s.model
	m.aloud = true
	w := m.initial()
	var t teller
	t.tell("", w)
	for _, k := range keys[1:] {
		m.follow(&w, &t, func(n *world) bool { return s.key(n) == k })
	}
	if f.future {
		for _, n := range s.same(w) {
			if s.futures.judge(&n) == text {
				s.futures.tell(&t, &n, text)
				break
			}
		}
	}
	return &t
}

// follow makes the first move to a world that is wanted, and tells it.
func (m *model) follow(w **world, t *teller, wanted func(*world) bool) bool {
	var then *world
	m.moves(*w, func(n *world, told string) {
		if then == nil && wanted(n) {
			c := *n
			then = &c
			t.tell(told, then)
		}
	})
	if then == nil {
		return false
	}
	*w = then
	return true
}

// teller writes down a history.
type teller struct {
	told  []string
	last  string
	moves int
}

func (t *teller) tell(what string, then *world) {
	if what != "" {
		t.moves++
		t.told = append(t.told, what)
	}
	if is := then.String(); is != t.last {
		t.told = append(t.told, "        "+is)
		t.last = is
	}
}

func (t *teller) String() string { return strings.Join(t.told, "\n") }
