package migrate_test

import (
	"cmp"
	"fmt"

	"tarn/lxd/migrate"
)

// request is what an actor has sent and waits for, or what is on its way without anybody who waits.
type request struct {
	verb  verb
	side  side
	name  name
	to    name
	seen  marks // of a patch: the marks and the data that its ETag stands for; of Place: the marks
	data  data
	wrote marks // of a patch and of send
	why   doing
}

// doing is a Do that takes little room.
type doing uint8

func (d doing) String() string {
	if migrate.Do(d) == claimFirst {
		return "claim first"
	}
	return migrate.Do(d).String()
}

type verb uint8

const (
	idle verb = iota
	// Reads, which are of no use to anybody who does not wait for them.
	getTarget
	getSource
	getTargetAgain
	getSourceAgain
	getOther
	getOperations
	listTarget
	listSource
	waitCopying // for the end of the one that writes name
	// Changes.
	patch
	patchWrite
	rename
	remove
	removeEnd
	send
)

func (v verb) reads() bool   { return v > idle && v < waitCopying }
func (v verb) changes() bool { return v >= patch }

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
	case getOperations:
		return "list operations"
	case listTarget:
		return "list the target's side"
	case listSource:
		return "list the source's side"
	case waitCopying:
		return "wait for the copying to " + at
	case patch, patchWrite:
		return fmt.Sprintf("%s (patch %s%s)", r.why, at, map[bool]string{true: ", second half"}[r.verb == patchWrite])
	case rename:
		return fmt.Sprintf("%s (rename %s to %s)", r.why, at, r.to.on(r.side))
	case remove, removeEnd:
		return fmt.Sprintf("delete %s%s", at, map[bool]string{true: ", its end"}[r.verb == removeEnd])
	case send:
		return "copy SOURCE to " + at
	}
	return "nothing"
}

// answer is what a server says to a change.
type answer uint8

const (
	fine     answer = iota
	overtook        // not found, exists already, or precondition failed
	refused
	halfway // the change has begun, and goes on as r has become
)

// apply carries a change out, or its first half.
func (m *model) apply(w *world, r *request) answer {
	i := w.find(r.side, r.name)
	switch r.verb {
	case patch:
		if i < 0 || m.broken != patchComparesETag && (w.volumes[i].marks != r.seen || m.uuid && w.volumes[i].data != r.data) {
			return overtook
		}
		if m.broken == patchComparesETag {
			r.wrote = merged(w.volumes[i].marks, r.seen, r.wrote)
		}
		if m.torn {
			r.verb = patchWrite
			return halfway
		}
		w.volumes[i].marks = r.wrote
	case patchWrite:
		if i < 0 {
			return overtook
		}
		w.volumes[i].marks = r.wrote
	case rename:
		if i < 0 || w.find(r.side, r.to) >= 0 {
			return overtook
		}
		if w.volumes[i].void {
			return refused
		}
		w.renameVolume(i, r.to)
	case remove:
		if i < 0 {
			return overtook
		}
		w.volumes[i].going = true
		w.unsound(w.volumes[i])
		r.verb = removeEnd
		return halfway
	case removeEnd:
		// The server looks for the name again. What has it now need not be what had it when the deletion began.
		if i < 0 {
			return overtook
		}
		w.unsound(w.volumes[i])
		w.remove(i)
	case send:
		from := w.find(sourceSide, home)
		if from < 0 || i >= 0 {
			return overtook
		}
		source := w.volumes[from]
		if source.void {
			return refused
		}
		run := r.name.run()
		w.put(volume{side: targetSide, name: r.name, marks: r.wrote, data: source.data, copy: int8(run + 1)})
		w.copies[run] = copying{begun, source.data, source.complete()}
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

func (w *world) renameVolume(i int, to name) {
	v := w.remove(i)
	v.name = to
	w.put(v)
}

// unsound takes note that what copyings read goes away under them.
func (w *world) unsound(source volume) {
	if source.side != sourceSide || source.name == spare {
		return
	}
	for i := range w.copies {
		if c := &w.copies[i]; c.phase == begun && c.data == source.data {
			c.sound = false
		}
	}
}

// copyings yields what may happen to the operations that write arriving volumes.
func (m *model) copyings(w *world, yield yield) {
	for run, c := range w.copies {
		if !c.phase.underWay() {
			continue
		}
		at := -1 // the volume that it writes
		for i, v := range w.volumes {
			if int(v.copy) == run+1 {
				at = i
			}
		}
		undisturbed := c.sound && at >= 0 && w.volumes[at].name == arriving(run) && !w.volumes[at].going
		if c.phase == written {
			n := *w
			n.endCopying(run, at, endedWell)
			yield(&n, m.say("the copying to arriving-%d ends well", run))
			continue
		}
		if c.sound {
			n := *w
			n.copies[run].phase = written
			if at >= 0 {
				n.volumes[at].whole = true
			}
			yield(&n, m.say("the copying to arriving-%d has written all", run))
		}
		if !undisturbed {
			// rsync, which copies files, takes it for success when files vanish under it.
			n := *w
			n.endCopying(run, at, endedWell)
			yield(&n, m.say("the copying to arriving-%d ends well, without all the data", run))
		}
		if !undisturbed || m.allows(w, failure) {
			n := *w
			n.endCopying(run, at, endedBadly)
			if at >= 0 && w.volumes[at].name == arriving(run) {
				n.remove(at)
			}
			if undisturbed {
				n.faults++
			}
			yield(&n, m.say("the copying to arriving-%d fails", run))
		}
	}
}

// endCopying ends an operation; it is remembered for as long as somebody waits for it.
func (w *world) endCopying(run, at int, how phase) {
	if at >= 0 {
		w.volumes[at].copy = 0
	}
	w.copies[run].phase = how
	w.copies[run].sound = false
}

// kills yields the deaths of daemons: operations are forgotten, what was half done stays so. One rename at most is caught
// when the database had the new name and the disk had not.
func (m *model) killings(w *world, yield yield) {
	if !m.allows(w, kill) {
		return
	}
	for _, which := range [...]side{targetSide, sourceSide} {
		dead := *w
		dead.faults++
		hit := func(at side) bool { return m.oneServer || at == which }
		if hit(targetSide) {
			for run := range dead.copies {
				dead.copies[run] = copying{}
			}
			for i := range dead.volumes {
				dead.volumes[i].copy = 0
			}
		}
		for i := maxStrays - 1; i >= 0; i-- {
			if r := dead.strays[i]; (r.verb == removeEnd || r.verb == patchWrite) && hit(r.side) {
				dead.removeStray(i)
			}
		}
		for i := range dead.actors {
			if a := &dead.actors[i]; (a.request.verb == removeEnd || a.request.verb == patchWrite) && hit(a.request.side) {
				a.shaken()
			}
		}
		n := dead
		yield(&n, m.say("the daemon on the %s side is killed", [...]string{"target's", "source's"}[which]))
		void := func(n *world, r request) bool {
			if r.verb != rename || !hit(r.side) {
				return false
			}
			if m.apply(n, &r) != fine {
				return false
			}
			n.volumes[n.find(r.side, r.to)].void = true
			if !n.assured() || n.trusted() {
				n.lost = true // the disk still has it, under its old name
			}
			return true
		}
		for i := range dead.actors {
			n := dead
			a := &n.actors[i]
			if r := a.request; void(&n, r) {
				a.shaken()
				yield(&n, m.say("the daemon is killed when %s has changed the database only", r))
			}
		}
		for i := range dead.strays {
			n := dead
			if r := n.strays[i]; void(&n, r) {
				n.removeStray(i)
				yield(&n, m.say("the daemon is killed when %s has changed the database only", r))
			}
		}
		if m.oneServer {
			return
		}
	}
}

// trusted tells whether a run that is just looking has seen that the target has arrived: it may delete the source then.
func (w *world) trusted() bool {
	for _, a := range w.actors {
		if a.request.verb.reads() && a.sight.target.name != nameless && a.sight.target.marks.arrived != 0 {
			return true
		}
	}
	return false
}
