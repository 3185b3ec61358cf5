package migrate_test

import (
	"cmp"
	"fmt"
	"math/bits"
	"strings"

	"tarn/lxd/migrate"
)

// world is one state of the model: everything that the rest of a history depends on. It is a value: worlds are copied,
// compared and hashed. What can no longer make a difference is zero in it (see tidy).
type world struct {
	volumes [maxVolumes]volume // by side and name; the free places last
	copies  [maxRuns]copying   // by the arriving name that they write
	actors  [maxActors]actor
	strays  [maxStrays]request // sent, and nobody waits for the answer; sorted

	faults, persons uint8  // how many there have been
	ended           result // of the run that has just ended, when there is something wrong with that

	finished bool // a run has ended well
	newcomer bool // another volume has come under the source's name
	borrowed bool // a person has given the source another name for a while
	lost     bool // only a person can mend it: see assured
	meddled  bool // a person has deleted something, or taken the target's name
}

const (
	maxVolumes = 9
	maxActors  = 3
	maxRuns    = 10 // names of each kind at one time, of which each actor has a third
	maxStrays  = 5
)

// name is what a volume is called on its side.
type name uint8

const (
	nameless name = iota
	home          // the source's or the target's name
	spare         // of a person
	firstArriving
	firstLeaving = firstArriving + maxRuns // of what had the name home before
	firstCleared = firstLeaving + maxRuns  // of what had an arriving name before
	lastName     = firstCleared + maxRuns
)

func arriving(run int) name { return firstArriving + name(run) }

func (n name) isArriving() bool { return n >= firstArriving && n < firstLeaving }
func (n name) isLeaving() bool  { return n >= firstLeaving }
func (n name) ofRun() bool      { return n >= firstArriving }
func (n name) wasHome() bool    { return n >= firstLeaving && n < firstCleared }
func (n name) bit() names       { return 1 << (n - firstArriving) }

// run is the number in a name of a run.
func (n name) run() int { return int(n-firstArriving) % maxRuns }

// names is a set of names of runs.
type names uint32

func (s names) first() name { return firstArriving + name(bits.TrailingZeros32(uint32(s))) }

// side is where a volume is: a pool, which may be on another server than the other one.
type side uint8

const (
	targetSide side = iota // the order in which a run sorts them
	sourceSide
)

// marks are those of a volume, without the name of the target, which is always the same. 0 is none. Names of sources are
// numbers; that of a run is one more than its number.
type marks struct {
	moving    uint8
	migrating uint8
	arrived   uint8 // the source
	by        uint8 // and the run
}

const (
	demoted  = maxRuns + 1 // the run of a volume that is to be deleted; no arriving volume has it
	unpaired = maxPairs    // the name of no source, which copies have
	maxPairs = 8
)

// run is whose arriving volume the marks say it is, -1 for nobody's.
func (m marks) run() int {
	if m.migrating == demoted {
		return -1
	}
	return int(max(m.migrating, m.by)) - 1
}

// state is what StateOf says of such marks.
func (m marks) state() migrate.State {
	switch {
	case m.arrived != 0:
		return migrate.Arrived
	case m.migrating != 0:
		return migrate.Migrating
	case m.moving != 0:
		return migrate.Moving
	}
	return migrate.Plain
}

func compareMarks(a, b marks) int {
	return cmp.Or(cmp.Compare(a.moving, b.moving), cmp.Compare(a.migrating, b.migrating), cmp.Compare(a.arrived, b.arrived), cmp.Compare(a.by, b.by))
}

// data is what is in a volume.
type data uint8

const (
	nothing  data = iota
	precious      // what the source had
	other         // what the newcomer has
	foreign       // what a person put under the target's name
)

// volume is a row of a server's database, and what is on the disk for it.
type volume struct {
	side  side
	name  name
	marks marks
	data  data
	whole bool
	going bool // its deletion has begun
	void  bool // the daemon died while it was renamed: the disk has the old name
	copy  int8 // one more than the number of the copying that writes it
}

// complete tells whether somebody who opens the volume finds all that belongs there.
func (v volume) complete() bool { return v.name != nameless && v.whole && !v.going && !v.void }

// copying is an operation of the server that writes an arriving volume.
type copying struct {
	phase phase
	data  data
	sound bool // its source is as it was
}

type phase uint8

const (
	noCopying phase = iota
	begun           // the row is there
	written         // all of the data, too
	endedWell
	endedBadly
)

func (p phase) underWay() bool { return p == begun || p == written }

func (w *world) find(at side, called name) int {
	for i := range w.volumes {
		v := &w.volumes[i]
		if v.name == called && v.side == at {
			return i
		}
	}
	return -1
}

// put adds a volume where it belongs.
func (w *world) put(v volume) {
	i := 0
	for ; w.volumes[i].name != nameless && before(w.volumes[i], v); i++ {
	}
	if w.volumes[maxVolumes-1].name != nameless {
		panic("model: too many volumes")
	}
	copy(w.volumes[i+1:], w.volumes[i:])
	w.volumes[i] = v
}

func before(a, b volume) bool { return a.side < b.side || a.side == b.side && a.name < b.name }

func (w *world) remove(i int) volume {
	v := w.volumes[i]
	copy(w.volumes[i:], w.volumes[i+1:])
	w.volumes[maxVolumes-1] = volume{}
	return v
}

// has tells whether all of something is somewhere.
func (w *world) has(what data) bool {
	for _, v := range w.volumes {
		if v.data == what && v.complete() {
			return true
		}
	}
	return false
}

func (w *world) addStray(r request) {
	i := 0
	for ; w.strays[i].verb != idle && compareRequests(w.strays[i], r) < 0; i++ {
	}
	if w.strays[maxStrays-1].verb != idle {
		panic("model: too many requests without an asker")
	}
	copy(w.strays[i+1:], w.strays[i:])
	w.strays[i] = r
}

func (w *world) removeStray(i int) {
	copy(w.strays[i:], w.strays[i+1:])
	w.strays[maxStrays-1] = request{}
}

func (v volume) String() string {
	text := v.name.on(v.side)
	if v.marks != (marks{}) {
		text += "[" + v.marks.String() + "]"
	}
	text += "=" + [...]string{"nothing", "all", "newcomer", "foreign"}[v.data]
	for _, flag := range []struct {
		set  bool
		text string
	}{{!v.whole, "in part"}, {v.going, "going"}, {v.void, "not on disk"}, {v.copy > 0, "being written"}} {
		if flag.set {
			text += ", " + flag.text
		}
	}
	return text
}

func (m marks) String() string {
	var all []string
	if m.moving != 0 {
		all = append(all, fmt.Sprint("moving ", m.moving))
	}
	switch {
	case m.migrating == demoted:
		all = append(all, "migrating")
	case m.migrating != 0:
		all = append(all, fmt.Sprint("migrating ", m.run()))
	}
	switch m.arrived {
	case 0:
	case unpaired:
		all = append(all, fmt.Sprint("arrived by ", m.by-1))
	default:
		all = append(all, fmt.Sprintf("arrived %d by %d", m.arrived, m.by-1))
	}
	return strings.Join(all, ", ")
}

// on is a name as traces have it.
func (n name) on(at side) string {
	switch {
	case n == home && at == sourceSide:
		return "SOURCE"
	case n == home:
		return "TARGET"
	case n == spare:
		return "spare" + [...]string{"", "@source"}[at]
	case n.isArriving():
		return fmt.Sprint("arriving-", n.run(), [...]string{"", "@source"}[at])
	}
	if n.wasHome() {
		return fmt.Sprint("leaving-", n.run(), [...]string{"", "@source"}[at])
	}
	return fmt.Sprint("cleared-", n.run(), [...]string{"", "@source"}[at])
}

func (w *world) String() string {
	var all []string
	for _, v := range w.volumes {
		if v.name != nameless {
			all = append(all, v.String())
		}
	}
	for i, c := range w.copies {
		if c.phase != noCopying {
			all = append(all, fmt.Sprintf("(copying to arriving-%d: %s)", i, [...]string{"", "begun", "written", "ended well", "ended badly"}[c.phase]))
		}
	}
	for _, r := range w.strays {
		if r.verb != idle {
			all = append(all, "(stray: "+r.String()+")")
		}
	}
	return strings.Join(all, "; ")
}
