package migrate_test

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"

	"tarn/lxd/migrate"
)

// name is what a volume is called on its side. Names of runs have numbers, and each run has its part of those. A name that
// nobody knows any more is given again, for nothing tells it from one that never was.
type name uint8

const (
	nameless name = iota
	home          // the source's or the target's name
	spare         // of a person
	firstArriving
	firstLeaving = firstArriving + maxRuns // of what had the name home before
	firstCleared = firstLeaving + maxRuns  // of what had an arriving name before
	lastName     = firstCleared + maxRuns

	maxRuns = 10
)

func arriving(run int) name { return firstArriving + name(run) }

func (n name) isArriving() bool { return n >= firstArriving && n < firstLeaving }
func (n name) isLeaving() bool  { return n >= firstLeaving }
func (n name) ofRun() bool      { return n >= firstArriving }
func (n name) wasHome() bool    { return n >= firstLeaving && n < firstCleared }
func (n name) run() int         { return int(n-firstArriving) % maxRuns }
func (n name) bit() names       { return 1 << (n - firstArriving) }

// names is a set of names of runs.
type names uint32

func (s names) first() name { return firstArriving + name(bits.TrailingZeros32(uint32(s))) }

// comparePlaces sorts as runs do: by side and name.
func comparePlaces(side1 side, name1 name, side2 side, name2 name) int {
	return cmp.Or(cmp.Compare(side1, side2), cmp.Compare(name1, name2))
}

// realNames are the names of runs as servers see them.
var realNames = func() (texts [lastName]string) {
	for run := range maxRuns {
		texts[arriving(run)] = fmt.Sprintf("tarn-arriving-%012x", run)
		texts[firstLeaving+name(run)] = fmt.Sprintf("tarn-leaving-00000000-%012x", run)
		texts[firstCleared+name(run)] = fmt.Sprintf("tarn-leaving-11111111-%012x", run)
	}
	return texts
}()

func nameOf(o migrate.Other) name {
	if i := slices.Index(realNames[firstArriving:], o.Name); i >= 0 {
		return firstArriving + name(i)
	}
	return nameless
}

// on is a name as traces have it.
func (n name) on(at side) string {
	where := [...]string{"", "@source"}[at]
	switch {
	case n == home:
		return [...]string{"TARGET", "SOURCE"}[at]
	case n == spare:
		return "spare" + where
	case n.isArriving():
		return fmt.Sprint("arriving-", n.run(), where)
	case n.wasHome():
		return fmt.Sprint("leaving-", n.run(), where)
	}
	return fmt.Sprint("cleared-", n.run(), where)
}

// unused is the first name of a kind that a run may give.
func (m *model) unused(w *world, which int, kind name) name {
	if m.breaks(nameBelongsToRun) && kind == firstArriving {
		return kind
	}
	each := name(maxRuns / m.runs)
	first, used := kind+name(which)*each, w.known().names
	for n := first; n < first+each; n++ {
		if used&n.bit() == 0 {
			return n
		}
	}
	panic("model: too many names of one run: " + w.String())
}

// unusedPair is a new name for a source.
func (w *world) unusedPair() uint8 {
	pair := uint8(bits.TrailingZeros16(^(w.known().pairs | 1)))
	if pair >= unpaired {
		panic("model: too many names of sources: " + w.String())
	}
	return pair
}

// known are the names, and the names of sources, that there are in a world.
type known struct {
	names names
	pairs uint16 // as bits
}

func (w *world) known() known {
	var k known
	mapped(w, &k)
	return k
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

// renaming gives names, and names of sources, other ones.
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

// mapping is something that is done with all names of a world.
type mapping interface {
	name(name) name
	marks(marks) marks
	set(names) names
}

// mapped is a world with other names.
func mapped[M mapping](w *world, to M) world {
	n := *w
	for i := range n.volumes {
		v := &n.volumes[i]
		v.name, v.marks = to.name(v.name), to.marks(v.marks)
		if v.copy > 0 {
			v.copy = int8(to.name(arriving(int(v.copy)-1)).run() + 1)
		}
	}
	n.copies = [maxRuns]copying{}
	for i, c := range w.copies {
		if c.phase != noCopying {
			n.copies[to.name(arriving(i)).run()] = c
		}
	}
	for i := range n.strays {
		mapRequest(&n.strays[i], to)
	}
	for i := range n.actors {
		a := &n.actors[i]
		mapRequest(&a.request, to)
		mapSight(&a.sight, to)
		a.endedWell, a.complete = to.set(a.endedWell), to.set(a.complete)
		for at := range a.own {
			a.own[at], a.others[at] = to.set(a.own[at]), to.set(a.others[at])
		}
		if a.placed > 0 {
			a.placed = int8(to.name(arriving(int(a.placed)-1)).run() + 1)
		}
	}
	slices.SortFunc(n.volumes[:], func(a, b volume) int {
		return compareSeen(seen{side: a.side, name: a.name}, seen{side: b.side, name: b.name})
	})
	slices.SortFunc(n.strays[:], compareRequests)
	return n
}

func mapRequest[M mapping](r *request, to M) {
	r.name, r.to = to.name(r.name), to.name(r.to)
	r.seen, r.wrote = to.marks(r.seen), to.marks(r.wrote)
}

func mapSight[M mapping](s *sight, to M) {
	if *s == (sight{}) {
		return
	}
	s.target.marks, s.source.marks = to.marks(s.target.marks), to.marks(s.source.marks)
	for i := range s.others {
		s.others[i].name, s.others[i].marks = to.name(s.others[i].name), to.marks(s.others[i].marks)
	}
	slices.SortFunc(s.others[:], compareSeen)
	s.busy = to.set(s.busy)
	for at := range s.toRead {
		s.toRead[at] = to.set(s.toRead[at])
	}
}

// closeGaps gives each run's names the first of its numbers, so that worlds become equal which differ in nothing else.
func (m *model) closeGaps(w *world) {
	k := w.known()
	r := sameNames()
	changed := false
	each := name(maxRuns / m.runs)
	for kind := firstArriving; kind < lastName; kind += maxRuns {
		for first := kind; first < kind+name(m.runs)*each; first += each {
			next := first
			for n := first; n < first+each; n++ {
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
	if changed {
		*w = mapped(w, &r)
	}
}

func sameNames() renaming {
	var r renaming
	for n := range r.to {
		r.to[n] = name(n)
	}
	for pair := range r.pairs {
		r.pairs[pair] = uint8(pair)
	}
	return r
}

// reordered is a world in which the ith run is what the run order[i] was.
func (m *model) reordered(w *world, order [maxActors]int) world {
	r := sameNames()
	each := name(maxRuns / m.runs)
	for kind := firstArriving; kind < lastName; kind += maxRuns {
		for i := range m.runs {
			for j := range each {
				r.to[kind+name(order[i])*each+j] = kind + name(i)*each + j
			}
		}
	}
	n := mapped(w, &r)
	was := n.actors
	for i := range m.runs {
		n.actors[i] = was[order[i]]
	}
	return n
}
