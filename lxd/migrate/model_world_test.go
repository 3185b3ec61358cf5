package migrate_test

import (
	"cmp"
	"fmt"
	"strings"

	"tarn/lxd/migrate"
)

// world is one state of the model: everything that the rest of a history depends on. It is a value: worlds are copied,
// compared and hashed. What can no longer make a difference is zero in it (see tidy).
type world struct {
	volumes [maxVolumes]volume // by side and name; the free places last
	copies  [maxRuns]copying   // by the run whose arriving volume they write
	move    copying            // the server's own, of a source that something uses
	actors  [maxActors]actor
	strays  [maxStrays]request // sent, and nobody waits for the answer; sorted

	faults, persons uint8  // how many there have been
	ended           result // of the run that has just ended, when it should not have ended so

	used     bool // something uses the source
	finished bool // a run has ended well
	newcomer bool // another volume has come under the source's name
	borrowed bool // a person has given the source another name for a while
	meddled  bool // a person has renamed or deleted something
	lost     bool // the volume has been lost in a way that no run can help: see assured
}

const (
	maxVolumes = 9
	maxActors  = 3
	maxStrays  = 5
)

// side is where a volume is: a pool, which may be on another server than the other one.
type side uint8

const (
	targetSide side = iota // in the order in which a run sorts them
	sourceSide
)

// data is what is in a volume.
type data uint8

const (
	nothing  data = iota
	precious      // what the source had
	other         // what the newcomer has
)

// volume is a row of a server's database, and what is on the disk for it.
type volume struct {
	side  side
	name  name
	marks marks
	data  data
	whole bool
	going bool // its deletion has begun
	void  bool // the daemon was killed while it was renamed: the disk has the old name
	copy  int8 // what writes it: one more than the number of a run, or byServer
}

const byServer = -1

// complete tells whether somebody who opens the volume finds all that belongs there.
func (v volume) complete() bool { return v.name != nameless && v.whole && !v.going && !v.void }

// marks are those of a volume, without the name of the target, which is always the same. 0 is none. Names of sources are
// numbers; that of a run is one more than its number.
type marks struct {
	moving    uint8
	migrating uint8
	arrived   uint8 // the source
	by        uint8 // and the run
}

const (
	maxPairs = 8
	unpaired = maxPairs    // the name of no source, which copies have
	demoted  = maxRuns + 1 // the run of a volume that is to be deleted; no arriving volume has it
)

// run is whose arriving volume it is or was, -1 for nobody's.
func (m marks) run() int {
	if m.migrating == demoted {
		return -1
	}
	return int(max(m.migrating, m.by)) - 1
}

// state is what migrate.StateOf says of such marks.
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
	return cmp.Or(cmp.Compare(a.moving, b.moving), cmp.Compare(a.migrating, b.migrating),
		cmp.Compare(a.arrived, b.arrived), cmp.Compare(a.by, b.by))
}

// copying is an operation of the server that writes a volume.
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
	removing        // the server's own move deletes the source
	endedWell
	endedBadly
)

func (p phase) underWay() bool { return p > noCopying && p < endedWell }

// find gives the place of a volume, -1 for one that is not there.
func (w *world) find(at side, called name) int {
	for i := range w.volumes {
		if v := &w.volumes[i]; v.name == called && v.side == at {
			return i
		}
	}
	return -1
}

// at is the volume of a name, or none.
func (w *world) at(at side, called name) volume {
	if i := w.find(at, called); i >= 0 {
		return w.volumes[i]
	}
	return volume{}
}

// put adds a volume where it belongs.
func (w *world) put(v volume) {
	i := 0
	for ; w.volumes[i].name != nameless && comparePlaces(w.volumes[i].side, w.volumes[i].name, v.side, v.name) < 0; i++ {
	}
	if w.volumes[maxVolumes-1].name != nameless {
		panic("model: too many volumes: " + w.String())
	}
	copy(w.volumes[i+1:], w.volumes[i:])
	w.volumes[i] = v
}

func (w *world) remove(i int) volume {
	v := w.volumes[i]
	copy(w.volumes[i:], w.volumes[i+1:])
	w.volumes[maxVolumes-1] = volume{}
	return v
}

func (w *world) rename(i int, to name) {
	v := w.remove(i)
	v.name = to
	w.put(v)
}

func (w *world) addStray(r request) {
	i := 0
	for ; w.strays[i].verb != idle && compareRequests(w.strays[i], r) < 0; i++ {
	}
	if w.strays[maxStrays-1].verb != idle {
		panic("model: too many requests that nobody waits for: " + w.String())
	}
	copy(w.strays[i+1:], w.strays[i:])
	w.strays[i] = r
}

func (w *world) removeStray(i int) {
	copy(w.strays[i:], w.strays[i+1:])
	w.strays[maxStrays-1] = request{}
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

// A world as traces have it.
func (w *world) String() string {
	var all []string
	for _, v := range w.volumes {
		if v.name != nameless {
			all = append(all, v.String())
		}
	}
	for i, c := range w.copies {
		if c.phase != noCopying {
			all = append(all, fmt.Sprintf("(copying to arriving-%d %s)", i, c.phase))
		}
	}
	if w.move.phase != noCopying {
		all = append(all, fmt.Sprintf("(server's move %s)", w.move.phase))
	}
	for _, r := range w.strays {
		if r.verb != idle {
			all = append(all, fmt.Sprintf("(on its way: %s)", r))
		}
	}
	return strings.Join(all, "; ")
}

func (p phase) String() string {
	return [...]string{"", "begun", "written", "removes the source", "ended well", "ended badly"}[p]
}

func (v volume) String() string {
	text := v.name.on(v.side)
	if v.marks != (marks{}) {
		text += "[" + v.marks.String() + "]"
	}
	text += "=" + [...]string{"nothing", "data", "newcomer"}[v.data]
	for _, flag := range []struct {
		set  bool
		text string
	}{{!v.whole, "in part"}, {v.going, "being deleted"}, {v.void, "not on disk"}, {v.copy != 0, "being written"}} {
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
		all = append(all, "demoted")
	case m.migrating != 0:
		all = append(all, fmt.Sprint("migrating ", m.run()))
	}
	switch m.arrived {
	case 0:
	case unpaired:
		all = append(all, fmt.Sprint("arrived by ", m.run()))
	default:
		all = append(all, fmt.Sprintf("arrived %d by %d", m.arrived, m.run()))
	}
	return strings.Join(all, ", ")
}
