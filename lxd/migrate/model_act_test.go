package migrate_test

import (
	"cmp"
	"slices"

	"tarn/lxd/migrate"
)

// result is how a run has ended.
type result uint8

const (
	unended result = iota
	isDone
	isConflict
	isNotFound
	areBothThere
	isStuck
	isOrphan
	nameTaken
	sourceStays
	transferFailed
	wasRefused // a rename of what is not on the disk
	hasDied
)

func (r result) String() string {
	return [...]string{"at work", "done", "conflict", "not found", "both there", "stuck", "orphan", "name taken", "source stays",
		"transfer failed", "rename refused", "dead"}[r]
}

// end ends a run. Another one may start at any time.
func (m *model) end(w *world, which int, how result) {
	if m.lonely {
		w.actors[which] = actor{result: how}
		return
	}
	w.actors[which].start()
	if how == isDone && !m.settles(which) {
		w.finished = m.newcomer
		if !w.lost && !w.hasArrived() {
			w.ended = how
		}
	}
}

// hasArrived tells whether all of the volume is under the target's name. A run that looked before it arrived may have taken it
// away; it gives it back.
func (w *world) hasArrived() bool {
	return slices.ContainsFunc(w.volumes[:], func(v volume) bool {
		return v.side == targetSide && (v.name == home || v.name.wasHome()) && v.data == precious && v.complete()
	})
}

// step lets a run's request take effect, and takes the run to its next one. Reads of one look are one step: see readings.
func (m *model) step(w *world, which int, yield yield) {
	n := *w
	a := &n.actors[which]
	r := a.request
	switch {
	case r.verb == waitCopying:
		if m.hearEnd(&n, which) {
			yield(&n, m.say("run %d: %s", which+1, r))
		}
	case r.verb.changes():
		if said := m.apply(&n, &r); said == halfway {
			a.request = r
		} else {
			m.hear(&n, which, r, said)
		}
		yield(&n, m.say("run %d: %s", which+1, w.actors[which].request))
	default:
		for !m.read(w, which, a) {
		}
		m.decide(&n, which, yield)
	}
}

// decide ends a look: it asks Next what is to be done. What is too new to be given up, and which of two names comes first, is
// tried both ways.
func (m *model) decide(w *world, which int, yield yield) {
	s := m.whole(w, which)
	var decisions [8]decision
	different := 0
	for range 2 {
		maybeNew := maybeNew(&s)
		if m.lonely && w.actors[which].news >= 1 {
			maybeNew = nil
		}
		for choice := range 1 << len(maybeNew) {
			for i, isNew := range maybeNew {
				*isNew = choice>>i&1 != 0
			}
			if m.lonely && s.Target == migrate.Moving && !s.TargetBusy && !s.TargetNew && w.actors[which].news == 0 {
				continue // when it is first seen it is new, and being stuck is an end
			}
			do, o := m.next(&s)
			if d := (decision{do, o.Name}); !slices.Contains(decisions[:different], d) {
				decisions[different] = d
				different++
				n := *w
				if choice != 0 && m.lonely {
					n.actors[which].news++
				}
				m.act(&n, which, do, o, &s)
				yield(&n, m.say("run %d looks, and decides: %s %s", which+1, doing(do), d.name))
			}
		}
		if m.lonely || !reorder(s.Others) {
			return
		}
	}
}

type decision struct {
	do   migrate.Do
	name string
}

// whole is all that a run sees at the end of a look.
func (m *model) whole(w *world, which int) migrate.Sight {
	a := &w.actors[which]
	target, source := a.sight.target, a.sight.source
	s := migrate.Sight{
		Target: target.state(), Source: source.state(), Copy: m.copies(which),
		Placed: a.isPlaced(), Begun: a.begun, TargetBusy: a.sight.targetBusy,
	}
	if of := target.marks.moving; s.Target == migrate.Migrating && of != 0 && !m.breaks(pairIsCompared) && !m.breaks(pairComesAlong) {
		s.Unpaired = s.Source != migrate.Moving || source.marks.moving != of
	}
	pair := func(v seen) bool { return v.marks.moving == target.marks.arrived || m.breaks(pairIsCompared) }
	if s.Target == migrate.Arrived && s.Source == migrate.Moving && !pair(source) {
		s.Source = migrate.Plain
	}
	sourceThere := s.Source == migrate.Moving || s.Source != migrate.Absent && (s.Copy || m.breaks(sourceIsMarked))
	if sourceThere || m.breaks(sourceIsThereAfterEnd) {
		a.complete |= a.endedWell
		a.endedWell = 0
	}
	s.Others = make([]migrate.Other, 0, len(a.sight.others))
	for _, v := range a.sight.others {
		if v.name == nameless {
			break
		}
		onTarget := v.side == targetSide
		o := migrate.Other{
			Name: realNames[v.name], AtSource: !onTarget, State: v.state(), Mine: a.own[v.side]&v.name.bit() != 0,
			Complete: onTarget && a.complete&v.name.bit() != 0,
			Busy:     onTarget && v.state() == migrate.Migrating && a.sight.busy&v.name.bit() != 0,
		}
		if s.Target == migrate.Arrived && o.State == migrate.Moving && !pair(v) {
			o.State = migrate.Plain
		}
		s.Others = append(s.Others, o)
		a.begun = a.begun || !o.Mine && o.State == migrate.Migrating && v.name.isArriving()
	}
	a.begun = a.begun || s.Target >= migrate.Moving && !s.Placed
	a.sourceLeft = a.sourceLeft || s.Target == migrate.Arrived && s.Source == migrate.Plain && !s.Copy
	return s
}

// maybeNew are those of which a run may think that they are too new to be given up.
func maybeNew(s *migrate.Sight) []*bool {
	all := make([]*bool, 0, len(s.Others)+1)
	for i := range s.Others {
		o := &s.Others[i]
		if o.New = false; !o.Mine && !o.Busy {
			all = append(all, &o.New)
		}
	}
	if s.TargetNew = false; (s.Target == migrate.Migrating || s.Target == migrate.Moving) && !s.TargetBusy {
		all = append(all, &s.TargetNew)
	}
	return all
}

// reorder puts others into another order that they may as well have, for the names of runs are random.
func reorder(others []migrate.Other) (changed bool) {
	for i := 1; i < len(others); i++ {
		a, b := &others[i-1], &others[i]
		if a.AtSource == b.AtSource && nameOf(*a).isArriving() == nameOf(*b).isArriving() {
			*a, *b = *b, *a
			changed = true
		}
	}
	return changed
}

// act takes a run from a decision to the request that comes of it.
func (m *model) act(w *world, which int, do migrate.Do, o migrate.Other, s *migrate.Sight) {
	a := &w.actors[which]
	switch do {
	case migrate.Unmark, migrate.Done, migrate.NotFound, migrate.Orphan, migrate.NameTaken, migrate.MarkSource, migrate.Transfer,
		migrate.ClearSource, migrate.Conflict, migrate.BothThere, migrate.MarkIncomplete, migrate.Return, migrate.ReturnSource:
		if !a.sight.list && !m.breaks(endIsListed) {
			a.look(true)
			return
		}
	}
	saw := a.sight
	a.sight = sight{}
	called, at := nameOf(o), targetSide
	if o.AtSource {
		at = sourceSide
	}
	ask := func(r request) {
		r.why = doing(do)
		a.request = r
	}
	mark := func(v seen, to marks) {
		ask(request{verb: patch, side: v.side, name: v.name, seen: v.marks, data: v.data, wrote: to})
	}
	call := func(at side, from, to name) {
		if to.ofRun() {
			a.own[at] |= to.bit()
		}
		ask(request{verb: rename, side: at, name: from, to: to})
	}
	takeAway := func(at side, from, kind name, rule rule) {
		if m.breaks(rule) {
			ask(request{verb: remove, side: at, name: from})
			return
		}
		call(at, from, m.unused(w, which, kind))
	}
	switch do {
	case migrate.Done:
		if a.sourceLeft && s.Source != migrate.Absent {
			m.end(w, which, sourceStays)
			return
		}
		m.end(w, which, isDone)
	case migrate.Conflict:
		m.end(w, which, isConflict)
	case migrate.NotFound:
		m.end(w, which, isNotFound)
	case migrate.BothThere:
		m.end(w, which, areBothThere)
	case migrate.Stuck:
		m.end(w, which, isStuck)
	case migrate.Orphan:
		m.end(w, which, isOrphan)
	case migrate.NameTaken:
		m.end(w, which, nameTaken)
	case migrate.Wait:
		switch {
		case o.Busy:
			ask(request{verb: waitCopying, side: targetSide, name: called})
		case called == nameless && s.TargetBusy:
			ask(request{verb: waitCopying, side: targetSide, name: home})
		default:
			a.goOn()
		}
	case migrate.MarkSource:
		to := saw.source.marks
		to.moving = w.unusedPair()
		mark(saw.source, to)
	case migrate.MarkArrived:
		to := claimed(saw.target.marks)
		if m.breaks(pairComesAlong) && saw.source.marks.moving != 0 {
			to.arrived = saw.source.marks.moving
		}
		mark(saw.target, to)
	case migrate.Unmark:
		mark(saw.target, marks{})
	case migrate.MarkIncomplete:
		mark(saw.other(at, called), marks{migrating: demoted})
	case claimFirst:
		v := saw.other(at, called)
		mark(v, claimed(v.marks))
	case migrate.Transfer:
		m.transfer(w, which, saw.source)
	case migrate.Place:
		v := saw.other(at, called)
		ofAnother := saw.source.name != nameless && !s.Copy && v.marks.moving != saw.source.marks.moving
		if ofAnother && !m.breaks(pairIsCompared) && !m.breaks(pairComesAlong) {
			a.complete &^= called.bit()
			a.goOn()
			return
		}
		if m.breaks(answerIsAwaited) {
			a.placed = int8(v.marks.run() + 1)
		}
		call(targetSide, called, home)
		a.request.seen = v.marks
	case migrate.ClearSource:
		if saw.source.used {
			m.end(w, which, sourceStays)
			return
		}
		takeAway(sourceSide, home, firstLeaving, sourceIsRenamedFirst)
	case migrate.Clear:
		takeAway(at, called, firstCleared, arrivingIsRenamedFirst)
	case migrate.ClearTarget:
		takeAway(targetSide, home, firstLeaving, targetIsRenamedFirst)
	case migrate.Delete:
		ask(request{verb: remove, side: at, name: called})
	case migrate.Return, migrate.ReturnSource:
		call(at, called, home)
	default:
		panic("model: no way to " + do.String())
	}
}

// claimed are the marks of a target that has arrived.
func claimed(from marks) marks {
	return marks{arrived: cmp.Or(from.moving, unpaired), by: from.migrating}
}

// transfer begins to send the data.
func (m *model) transfer(w *world, which int, source seen) {
	a := &w.actors[which]
	switch {
	case a.failed:
		m.end(w, which, transferFailed)
	case source.used && !m.copies(which):
		a.request = request{verb: moveAway, side: sourceSide, name: home}
	default:
		called := m.unused(w, which, firstArriving)
		wrote := marks{migrating: uint8(called.run() + 1)}
		if !m.copies(which) && !m.breaks(pairComesAlong) {
			wrote.moving = source.marks.moving
		}
		a.own[targetSide] |= called.bit()
		a.request = request{verb: send, side: targetSide, name: called, wrote: wrote}
	}
}

// hear is what a run makes of the answer to a change.
func (m *model) hear(w *world, which int, r request, said answer) {
	a := &w.actors[which]
	switch r.verb {
	case send, moveAway:
		if said != fine {
			a.failed = true // that does not pass
			a.goOn()
			return
		}
		a.begun = a.begun || r.verb == moveAway
		to := r.name
		if r.verb == moveAway {
			to = home
		}
		a.request = request{verb: waitCopying, side: targetSide, name: to, why: doing(migrate.Transfer)}
		return
	case remove, removeEnd:
		said = fine // not found is as good
	}
	switch said {
	case fine:
		if r.name.ofRun() && r.verb != patch && r.verb != patchWrite {
			a.own[r.side] &^= r.name.bit()
			a.others[r.side] &^= r.name.bit()
		}
		if r.why.is(migrate.Place) {
			a.placed = int8(r.seen.run() + 1)
		}
		if r.verb == rename && r.to.isLeaving() && m.breaks(lookAfterRename) {
			a.request = request{verb: remove, side: r.side, name: r.to, why: doing(migrate.Delete)}
			return
		}
		a.goOn()
	case overtook:
		a.lookAnew()
	case refused:
		m.end(w, which, wasRefused)
	}
}

// hearEnd lets a run see the end of an operation. It tells whether there is one to see.
func (m *model) hearEnd(w *world, which int) bool {
	a := &w.actors[which]
	r := a.request
	phase := w.move.phase
	if r.name.isArriving() {
		phase = w.copies[r.name.run()].phase
	}
	own := r.why.is(migrate.Transfer)
	switch {
	case phase.underWay():
		return false
	case phase == endedWell && r.name.isArriving():
		a.endedWell |= r.name.bit()
	case phase == endedBadly && own:
		a.failed = true
	case phase == noCopying && own: // the server has forgotten it
		a.lookAnew()
		return true
	}
	a.goOn()
	return true
}
