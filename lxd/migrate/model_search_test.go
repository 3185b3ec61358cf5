package migrate_test

import (
	"hash/maphash"
	"strings"
	"testing"
	"time"
)

// search visits all worlds that can be reached, the nearest first, and judges each.
type search struct {
	*model
	seed    maphash.Seed
	parent  map[uint64]uint64 // of each world that was visited, the one that it was first reached from
	moved   int
	judged  *futures
	limit   int // of worlds, 0 for none
	crowded int // worlds from which it does not go on

	faults map[string]fault // by what is wrong, the first one
	first  bool             // one is enough
}

// fault is a world with which something is wrong.
type fault struct {
	world  world
	future bool // it is what becomes of that
}

func newSearch(m *model) *search {
	s := &search{model: m, seed: maphash.MakeSeed(), parent: map[uint64]uint64{}, faults: map[string]fault{}}
	s.judged = newFutures(m, s.seed)
	return s
}

func (s *search) hash(w *world) uint64 { return maphash.Comparable(s.seed, *w) }

func (s *search) run() {
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
			if text := s.judged.judge(&n); text != "" {
				s.note(text, fault{n, true})
			}
		}
		if w.crowd() > s.crowd {
			s.crowded++
			return
		}
		next = append(next, *w)
	}
	visit(s.initial(), 0)
	for len(next) > 0 && !s.over() {
		level, next = next, level[:0]
		for i := range level {
			from := s.key(&level[i])
			s.moves(&level[i], func(w *world, _ string) {
				s.moved++
				visit(w, from)
			})
			if s.over() {
				return
			}
		}
	}
}

func (s *search) over() bool {
	return s.first && len(s.faults) > 0 || s.limit > 0 && len(s.parent) >= s.limit
}

func (s *search) note(text string, f fault) {
	if _, old := s.faults[text]; !old {
		s.faults[text] = f
	}
}

// trace tells how a fault comes about.
func (s *search) trace(text string) []string {
	f := s.faults[text]
	var keys []uint64
	for k := s.key(&f.world); k != 0; k = s.parent[k] {
		keys = append(keys, k)
	}
	m := *s.model
	m.aloud = true
	w := m.initial()
	var t teller
	t.tell("", w)
	for i := len(keys) - 2; i >= 0; i-- {
		var then *world
		m.moves(w, func(n *world, told string) {
			if then == nil && s.key(n) == keys[i] {
				c := *n
				then = &c
				t.tell(told, n)
			}
		})
		w = then
	}
	if f.future {
		for _, n := range s.same(w) {
			if s.judged.judge(&n) == text {
				t.told = append(t.told, s.judged.trace(&n, text)...)
				break
			}
		}
	}
	return t.told
}

// teller writes down a history.
type teller struct {
	told []string
	last string
}

func (t *teller) tell(what string, then *world) {
	if what != "" {
		t.told = append(t.told, what)
	}
	if is := then.String(); is != t.last {
		t.told = append(t.told, "        "+is)
		t.last = is
	}
}

// crowd is how many volumes are leaving on the target's side. Runs that never wait for each other could go on to make new ones for
// ever.
func (w *world) crowd() int {
	count := 0
	for _, v := range w.volumes {
		if v.side == targetSide && v.name.isLeaving() {
			count++
		}
	}
	return count
}

// wrong tells what must never be so.
func (m *model) wrong(w *world) string {
	if !w.lost && !w.has(precious) {
		return "no complete volume is left"
	}
	if w.newcomer && !w.has(other) {
		return "the newcomer is gone"
	}
	if w.ended == isDone {
		return "a run is done, and the target is not complete"
	}
	return ""
}

func check(t *testing.T, m *model, limit int, first bool) *search {
	start := time.Now()
	s := newSearch(m)
	s.limit, s.first = limit, first
	s.run()
	t.Logf("%d worlds, %d moves, %d futures of %d worlds, %d crowded, %v", len(s.parent), s.moved, len(s.judged.followed), len(s.judged.settled), s.crowded, time.Since(start).Round(time.Millisecond))
	for text := range s.faults {
		t.Errorf("%s\n%s\n", text, strings.Join(s.trace(text), "\n"))
	}
	return s
}
