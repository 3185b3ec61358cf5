package migrate_test

import "slices"

// key is what a world is remembered by. Runs differ in nothing but the names that they give, so worlds that are the same but for
// which run is which have one key.
func (s *search) key(w *world) uint64 {
	key := s.hash(w)
	for _, order := range orders[s.runs] {
		n := s.reordered(w, order)
		key = min(key, s.hash(&n))
	}
	return key
}

// same are the worlds that have the same key.
func (s *search) same(w *world) []world {
	all := []world{*w}
	for _, order := range orders[s.runs] {
		all = append(all, s.reordered(w, order))
	}
	return all
}

// orders are the ways to number runs, but for the one that there is.
var orders = [maxActors + 1][][maxActors]int{
	2: {{1, 0, 2}},
	3: {{0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}},
}

// reordered is a world in which the ith run is what the run order[i] was.
func (m *model) reordered(w *world, order [maxActors]int) world {
	each := maxRuns / m.runs
	var to [maxRuns]int // the new number of each
	for i := range to {
		to[i] = i
	}
	for i := range m.runs {
		for j := range each {
			to[order[i]*each+j] = i*each + j
		}
	}
	r := renaming{to}
	n := *w
	n.volumes = [maxVolumes]volume{}
	for _, v := range w.volumes {
		if v.name == nameless {
			break
		}
		v.name, v.marks = r.name(v.name), r.marks(v.marks)
		if v.copy > 0 {
			v.copy = int8(to[v.copy-1] + 1)
		}
		n.put(v)
	}
	for i, c := range w.copies {
		n.copies[to[i]] = c
	}
	n.strays = [maxStrays]request{}
	for _, q := range w.strays {
		if q.verb == idle {
			break
		}
		n.addStray(r.request(q))
	}
	for i := range m.runs {
		a := w.actors[order[i]]
		a.request = r.request(a.request)
		a.sight = r.sight(a.sight)
		a.endedWell, a.complete = r.set(a.endedWell), r.set(a.complete)
		for at := range a.own {
			a.own[at], a.others[at] = r.set(a.own[at]), r.set(a.others[at])
		}
		if a.placed > 0 {
			a.placed = int8(to[a.placed-1] + 1)
		}
		n.actors[i] = a
	}
	return n
}

// renaming gives each number of a run another one.
type renaming struct{ to [maxRuns]int }

func (r *renaming) name(n name) name {
	if !n.ofRun() {
		return n
	}
	return n - name(n.run()) + name(r.to[n.run()])
}

func (r *renaming) marks(m marks) marks {
	if run := m.run(); run >= 0 {
		if m.by != 0 {
			m.by = uint8(r.to[run] + 1)
		} else {
			m.migrating = uint8(r.to[run] + 1)
		}
	}
	return m
}

func (r *renaming) set(s names) names {
	var n names
	for ; s != 0; s &= s - 1 {
		n |= r.name(s.first()).bit()
	}
	return n
}

func (r *renaming) request(q request) request {
	q.name, q.to = r.name(q.name), r.name(q.to)
	q.seen, q.wrote = r.marks(q.seen), r.marks(q.wrote)
	return q
}

func (r *renaming) sight(s sight) sight {
	if s == (sight{}) {
		return s
	}
	s.target.marks, s.source.marks = r.marks(s.target.marks), r.marks(s.source.marks)
	for i := range s.others {
		if v := &s.others[i]; v.name != nameless {
			v.name, v.marks = r.name(v.name), r.marks(v.marks)
		}
	}
	slices.SortFunc(s.others[:], compareSeen)
	s.busy = r.set(s.busy)
	for at := range s.toRead {
		s.toRead[at] = r.set(s.toRead[at])
	}
	return s
}
