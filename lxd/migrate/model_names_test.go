package migrate_test

import (
	"math/bits"
	"slices"
)

// Names of runs are numbered: each run has its part of the numbers of each kind. Those that nobody knows any more are given
// again, for nothing tells them from names that never were; and gaps are closed, so that worlds become equal that are.

// known are the names and the numbers of sources that there are in a world.
type known struct {
	names names
	pairs uint16 // as bits
}

func (k *known) name(n name) name {
	if n.ofRun() {
		k.names |= n.bit()
	}
	return n
}

func (k *known) marks(m marks) marks {
	if run := m.run(); run >= 0 {
		k.names |= arriving(run).bit()
	}
	k.pairs |= 1<<m.moving | 1<<m.arrived
	return m
}

func (k *known) set(s names) names {
	k.names |= s
	return s
}

// renaming gives names and numbers of sources other ones.
type renaming struct {
	to    [lastName]name
	pairs [maxPairs + 1]uint8
}

func (r *renaming) name(n name) name { return r.to[n] }

func (r *renaming) marks(m marks) marks {
	if run := m.run(); run >= 0 {
		to := uint8(r.to[arriving(run)].run() + 1)
		if m.by != 0 {
			m.by = to
		} else {
			m.migrating = to
		}
	}
	m.moving, m.arrived = r.pairs[m.moving], r.pairs[m.arrived]
	return m
}

func (r *renaming) set(s names) names {
	var n names
	for ; s != 0; s &= s - 1 {
		n |= r.to[s.first()].bit()
	}
	return n
}

// mapping is something that is done to all names in a world.
type mapping interface {
	name(name) name
	marks(marks) marks
	set(names) names
}

// mapped is a world with other names. The volumes and strays of the result are sorted anew.
func mapped[M mapping](w *world, to M) world {
	n := *w
	for i := range n.volumes {
		v := &n.volumes[i]
		v.name, v.marks = to.name(v.name), to.marks(v.marks)
		if v.copy > 0 {
			v.copy = int8(to.name(arriving(int(v.copy)-1)).run() + 1)
		}
	}
	for i := range w.copies {
		n.copies[i] = copying{}
	}
	for i, c := range w.copies {
		if c.phase != noCopying {
			n.copies[to.name(arriving(i)).run()] = c
		}
	}
	for i := range n.strays {
		n.strays[i] = mappedRequest(n.strays[i], to)
	}
	for i := range n.actors {
		a := &n.actors[i]
		a.request = mappedRequest(a.request, to)
		a.endedWell, a.complete = to.set(a.endedWell), to.set(a.complete)
		for at := range a.own {
			a.own[at], a.others[at] = to.set(a.own[at]), to.set(a.others[at])
		}
		if a.placed > 0 {
			a.placed = int8(to.name(arriving(int(a.placed)-1)).run() + 1)
		}
		mapSight(&a.sight, to)
	}
	return n
}

func mappedRequest[M mapping](r request, to M) request {
	r.name, r.to = to.name(r.name), to.name(r.to)
	r.seen, r.wrote = to.marks(r.seen), to.marks(r.wrote)
	return r
}

func mapSight[M mapping](s *sight, to M) {
	if *s == (sight{}) {
		return
	}
	s.target.marks, s.source.marks = to.marks(s.target.marks), to.marks(s.source.marks)
	for i := range s.others {
		s.others[i].name, s.others[i].marks = to.name(s.others[i].name), to.marks(s.others[i].marks)
	}
	s.busy = to.set(s.busy)
	for at := range s.toRead {
		s.toRead[at] = to.set(s.toRead[at])
	}
}

func (w *world) known() known {
	var k known
	mapped(w, &k)
	return k
}

// closeGaps gives the names of each run the first numbers.
func (m *model) closeGaps(w *world) {
	k := w.known()
	each := name(maxRuns / m.runs)
	var r renaming
	for n := range r.to {
		r.to[n] = name(n)
	}
	changed := false
	for first := firstArriving; first < lastName; first += maxRuns {
		for part := first; part < first+name(m.runs)*each; part += each {
			next := part
			for n := part; n < part+each; n++ {
				if k.names&n.bit() != 0 {
					changed = changed || n != next
					r.to[n] = next
					next++
				}
			}
		}
	}
	next := uint8(1)
	for pair := uint8(1); pair < unpaired; pair++ {
		if k.pairs>>pair&1 != 0 {
			changed = changed || pair != next
			r.pairs[pair] = next
			next++
		}
	}
	r.pairs[unpaired] = unpaired
	if changed {
		*w = sorted(mapped(w, &r))
	}
}

// sorted puts what has other names now where it belongs.
func sorted(w world) world {
	slices.SortFunc(w.volumes[:], func(a, b volume) int {
		return compareSeen(seen{side: a.side, name: a.name}, seen{side: b.side, name: b.name})
	})
	slices.SortFunc(w.strays[:], compareRequests)
	for i := range w.actors {
		slices.SortFunc(w.actors[i].sight.others[:], compareSeen)
	}
	return w
}

// unused is the first name of a kind that a run may give.
func (m *model) unused(w *world, of *actor, from name) name {
	if m.broken == nameBelongsToRun && from == firstArriving {
		return from
	}
	each := name(maxRuns / m.runs)
	for i := range w.actors {
		if &w.actors[i] == of {
			from += name(i) * each
		}
	}
	used := w.known().names
	for n := from; n < from+each; n++ {
		if used&n.bit() == 0 {
			return n
		}
	}
	panic("model: too many names of one run: " + w.String())
}

// unusedPair is a new name for a source.
func (m *model) unusedPair(w *world) uint8 {
	pair := uint8(bits.TrailingZeros16(^(w.known().pairs | 1)))
	if pair >= unpaired {
		panic("model: too many names of sources: " + w.String())
	}
	return pair
}
