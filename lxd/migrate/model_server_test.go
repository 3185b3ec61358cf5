package migrate_test

import (
	"cmp"
	"fmt"

	"tarn/lxd/migrate"
)

// request is what a run has sent and waits for, or what is on its way without anybody who waits.
type request struct {
	verb  verb
	side  side
	name  name
	to    name
	seen  marks // of a patch: the marks and the data that its ETag stands for; of Place: the marks of what is renamed
	data  data
	wrote marks // of a patch, and of send
	why   doing
}

type verb uint8

const (
	idle verb = iota
	// Reads, which are of no use to anybody who does not wait for them.
	getTarget
	getSource
	listTarget
	listSource
	getSourceAgain
	getTargetAgain
	getOther
	getOperations
	waitCopying // for the end of what writes the name
	// Changes.
	patch
	patchWrite
	rename
	remove
	removeEnd
	send
	moveAway // the server's own move
)

func (v verb) reads() bool   { return v > idle && v < waitCopying }
func (v verb) changes() bool { return v >= patch }

// doing is a migrate.Do that takes little room.
type doing uint8

func (d doing) is(do migrate.Do) bool { return d == doing(do) }

func (d doing) String() string {
	if d.is(claimFirst) {
		return "claim first"
	}
	return migrate.Do(d).String()
}

// compareRequests sorts requests; those that are none come last.
func compareRequests(a, b request) int {
	if a.verb == idle || b.verb == idle {
		return cmp.Compare(b.verb, a.verb)
	}
	return cmp.Or(cmp.Compare(a.verb, b.verb), cmp.Compare(a.side, b.side), cmp.Compare(a.name, b.name), cmp.Compare(a.to, b.to),
		cmp.Compare(a.why, b.why), cmp.Compare(a.data, b.data), compareMarks(a.seen, b.seen), compareMarks(a.wrote, b.wrote))
}

func (r request) String() string {
	at := r.name.on(r.side)
	switch r.verb {
	case getTarget, getSource, getTargetAgain, getSourceAgain, getOther:
		return "read " + at
	case listTarget:
		return "list the target's side"
	case listSource:
		return "list the source's side"
	case getOperations:
		return "list operations"
	case waitCopying:
		return "wait for what writes " + at
	case patch:
		return fmt.Sprintf("%s (patch %s)", r.why, at)
	case patchWrite:
		return fmt.Sprintf("%s (patch %s, second half)", r.why, at)
	case rename:
		return fmt.Sprintf("%s (rename %s to %s)", r.why, at, r.to.on(r.side))
	case remove:
		return "delete " + at
	case removeEnd:
		return "delete " + at + ", second half"
	case send:
		return "copy SOURCE to " + at
	case moveAway:
		return "have the server move SOURCE to TARGET"
	}
	return "nothing"
}

// answer is what a server says to a change.
type answer uint8

const (
	fine     answer = iota
	overtook        // not found, exists already, or precondition failed
	refused
	halfway // the change has begun, and goes on as the request has become
)

// apply carries a change out, or the first half of it.
func (m *model) apply(w *world, r *request) answer {
	i := w.find(r.side, r.name)
	if i < 0 && r.verb != send {
		return overtook
	}
	switch r.verb {
	case patch:
		if v := w.volumes[i]; v.marks != r.seen || m.uuid && v.data != r.data {
			if !m.breaks(patchComparesETag) {
				return overtook
			}
			r.wrote = merged(v.marks, r.seen, r.wrote)
		}
		if m.torn {
			r.verb = patchWrite
			return halfway
		}
		w.volumes[i].marks = r.wrote
	case patchWrite: // to what has the name now
		w.volumes[i].marks = r.wrote
	case rename:
		if w.find(r.side, r.to) >= 0 {
			return overtook
		}
		if w.volumes[i].void {
			return refused
		}
		w.rename(i, r.to)
	case remove:
		w.volumes[i].going = true
		w.unsound(w.volumes[i])
		r.verb = removeEnd
		return halfway
	case removeEnd: // of what has the name now
		w.unsound(w.volumes[i])
		w.remove(i)
	case send:
		source := w.at(sourceSide, home)
		switch {
		case source.name == nameless || i >= 0:
			return overtook
		case source.void:
			return refused
		}
		run := r.name.run()
		w.put(volume{side: targetSide, name: r.name, marks: r.wrote, data: source.data, copy: int8(run + 1)})
		w.copies[run] = copying{begun, source.data, source.complete()}
	case moveAway:
		source := w.volumes[i]
		switch {
		case w.find(targetSide, home) >= 0 || w.move.phase.underWay():
			return overtook
		case source.void:
			return refused
		}
		w.put(volume{side: targetSide, name: home, marks: source.marks, data: source.data, copy: byServer})
		w.move = copying{begun, source.data, source.complete()}
	default:
		panic("model: not a change: " + r.String())
	}
	return fine
}

// merged is what a patch that turns marks from one state to another makes of those that are there.
func merged(now, from, to marks) marks {
	if from.moving != to.moving {
		now.moving = to.moving
	}
	if from.migrating != to.migrating {
		now.migrating = to.migrating
	}
	if from.arrived != to.arrived {
		now.arrived, now.by = to.arrived, to.by
	}
	return now
}

// unsound takes note that what operations read goes away under them.
func (w *world) unsound(source volume) {
	if source.side != sourceSide || source.name == spare {
		return
	}
	for i := range w.copies {
		if c := &w.copies[i]; c.phase == begun && c.data == source.data {
			c.sound = false
		}
	}
	if c := &w.move; c.phase == begun && c.data == source.data {
		c.sound = false
	}
}

// operations yields what may become of the operations that write volumes.
func (m *model) operations(w *world, yield yield) {
	for run, c := range w.copies {
		if c.phase.underWay() {
			m.copying(w, run, yield)
		}
	}
	if w.move.phase.underWay() {
		m.serversMove(w, yield)
	}
}

// copying yields what may become of the one that writes an arriving volume.
func (m *model) copying(w *world, run int, yield yield) {
	c := w.copies[run]
	at := w.writtenBy(run + 1)
	endWell := func(told string) {
		n := *w
		n.copies[run] = copying{phase: endedWell}
		if at >= 0 {
			n.volumes[at].copy = 0
		}
		yield(&n, m.say("the copying to arriving-%d %s", run, told))
	}
	if c.phase == written {
		endWell("ends well")
		return
	}
	if c.sound {
		n := *w
		n.copies[run].phase = written
		if at >= 0 {
			n.volumes[at].whole = true
		}
		yield(&n, m.say("the copying to arriving-%d has written all", run))
	}
	own := at >= 0 && w.volumes[at].name == arriving(run)
	undisturbed := c.sound && own && !w.volumes[at].going
	if !undisturbed {
		endWell("ends well, without all the data") // rsync takes files that vanish for no error
	}
	if !undisturbed || m.allows(w, failure) {
		n := *w
		if own {
			n.remove(at)
		} else if at >= 0 {
			n.volumes[at].copy = 0
		}
		n.copies[run] = copying{phase: endedBadly}
		if undisturbed {
			n.faults++
		}
		yield(&n, m.say("the copying to arriving-%d fails", run))
	}
}

// serversMove yields what may become of the server's own move: it copies, then deletes the source.
func (m *model) serversMove(w *world, yield yield) {
	c := w.move
	at := w.writtenBy(byServer)
	from := w.find(sourceSide, home)
	if from >= 0 && w.volumes[from].data != c.data {
		from = -1
	}
	step := func(do func(n *world), told string) {
		n := *w
		do(&n)
		if i := n.writtenBy(byServer); i >= 0 && !n.move.phase.underWay() {
			n.volumes[i].copy = 0
		}
		yield(&n, m.say("the server's move %s", told))
	}
	switch {
	case c.phase == begun && c.sound:
		step(func(n *world) {
			n.move.phase = written
			if at >= 0 {
				n.volumes[at].whole = true
			}
		}, "has written all")
	case c.phase == written && from >= 0:
		step(func(n *world) {
			n.move.phase = removing
			n.volumes[from].going = true
			n.unsound(n.volumes[from])
		}, "begins to delete the source")
		return
	case c.phase == removing && from >= 0:
		step(func(n *world) {
			n.move = copying{phase: endedWell}
			n.remove(from)
		}, "ends well")
		return
	}
	disturbed := !c.sound || from < 0 || at < 0 || w.volumes[at].name != home
	if disturbed || m.allows(w, failure) {
		step(func(n *world) {
			n.move = copying{phase: endedBadly}
			if !disturbed {
				n.faults++
			}
			if c.phase == begun && at >= 0 && n.volumes[at].name == home {
				n.remove(at)
			}
		}, "fails")
	}
}

// writtenBy gives the place of the volume that something writes.
func (w *world) writtenBy(what int) int {
	for i, v := range w.volumes {
		if int(v.copy) == what {
			return i
		}
	}
	return -1
}
