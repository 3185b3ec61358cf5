package migrate_test

import (
	"cmp"
	"fmt"
	"slices"

	"tarn/lxd/migrate"
)

// actor is one run of the program, as look.go, act.go and migrate.go have it, cut where it waits for a server.
type actor struct {
	request request // the one that it waits for; none when it has ended
	result  result
	sight   sight

	// What run remembers, in its words. The names are as sets for each side.
	endedWell, complete names // arriving
	own, others         [2]names
	placed              int8 // one more than the number
	listed, begun       bool
	sourceLeft, failed  bool
	news                uint8 // how often something was too new for it
}

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
	wasRefused // something that no run can mend
	crashed
)

func (r result) String() string {
	return [...]string{"at work", "done", "conflict", "not found", "both there", "stuck", "orphan", "name taken", "the source stays", "the transfer failed", "refused", "crashed"}[r]
}

// sight is what a look has read so far.
type sight struct {
	target, source seen
	others         [6]seen
	list, same     bool
	toRead         [2]names
	busy           names // that the operations of the server write
}

// seen is a volume as it was read; without a name none.
type seen struct {
	side  side
	name  name
	marks marks
	data  data
}

func see(w *world, at side, called name) seen {
	i := w.find(at, called)
	if i < 0 {
		return seen{}
	}
	return seen{at, called, w.volumes[i].marks, w.volumes[i].data}
}

func (s seen) state() migrate.State {
	if s.name == nameless {
		return migrate.Absent
	}
	return s.marks.state()
}

func (s *sight) add(v seen) {
	for i := range s.others {
		if s.others[i].name == nameless {
			s.others[i] = v
			return
		}
	}
	panic("model: too many others")
}

// compareSeen sorts volumes as a run does: by side and name. Those without a name come last.
func compareSeen(a, b seen) int {
	last := func(v seen) bool { return v.name == nameless }
	switch {
	case last(a) || last(b):
		return cmp.Compare(b.name, a.name)
	case a.side != b.side:
		return cmp.Compare(a.side, b.side)
	}
	return cmp.Compare(a.name, b.name)
}

func (s *sight) at(at side, called name) seen {
	for _, v := range s.others {
		if v.side == at && v.name == called {
			return v
		}
	}
	panic("model: no sight of " + called.on(at))
}

// start is a run at its first request.
func (a *actor) start() {
	*a = actor{}
	a.look(true)
}

// look begins a look. Unless it lists what belongs to runs it reads again what is known of that.
func (a *actor) look(list bool) {
	a.request = request{verb: getTarget, side: targetSide, name: home}
	a.sight = sight{list: list}
	if !list {
		for at := range a.own {
			a.sight.toRead[at] = a.own[at] | a.others[at]
		}
	}
}

// goOn is what a run does after it has done something.
func (a *actor) goOn() { a.look(!a.listed) }

// lookAnew begins a look after a fault that passes, or after something has changed.
func (a *actor) lookAnew() {
	a.listed = false
	a.others = [2]names{}
	a.look(true)
}

// shaken is what a run does about a fault that passes.
func (a *actor) shaken() {
	a.lookAnew()
}

// end ends a run. The next one may start at any time.
func (m *model) end(w *world, which int, how result) {
	a := &w.actors[which]
	if m.lonely {
		*a = actor{result: how}
		return
	}
	a.start()
	if how == isDone {
		w.finished = w.finished || m.newcomer
		if !w.lost && !w.arrived() {
			w.ended = isDone
		}
	}
}

// arrived tells whether all of the volume is under the target's name. Another run may have taken it away for a moment, because
// it had looked before it arrived.
func (w *world) arrived() bool {
	for _, v := range w.volumes {
		if v.side == targetSide && (v.name == home || v.name.wasHome()) && v.data == precious && v.complete() {
			return true
		}
	}
	return false
}

// step lets a run's request take effect, and takes the run to its next one. What it reads it reads in one go; reading shows
// how it can be otherwise.
func (m *model) step(w *world, which int, yield yield) {
	n := *w
	a := &n.actors[which]
	switch r := a.request; {
	case r.verb == waitCopying:
		m.seeEnd(&n, which, m.say("run %d: %s", which+1, r), yield)
	case r.verb.changes():
		m.change(&n, which, m.say("run %d: %s", which+1, r), yield)
	default:
		for !m.read(w, a) {
		}
		m.decide(&n, which, yield)
	}
}

// read does one read of a look. It tells whether that was the last one.
func (m *model) read(w *world, a *actor) bool {
	r := &a.request
	switch r.verb {
	case getTarget:
		a.sight.target = see(w, targetSide, home)
		*r = request{verb: getSource, side: sourceSide, name: home}
		return false
	case getSource:
		a.sight.source = see(w, sourceSide, home)
		if a.sight.list {
			*r = request{verb: listTarget, side: targetSide}
			return false
		}
	case getSourceAgain:
		v := see(w, sourceSide, home)
		a.sight.same = v.marks == a.sight.source.marks && v.name == a.sight.source.name
		a.sight.source = v
		*r = request{verb: getTargetAgain, side: targetSide, name: home}
		return false
	case getTargetAgain:
		v := see(w, targetSide, home)
		same := a.sight.same && v.marks == a.sight.target.marks && v.name == a.sight.target.name || m.broken == namesAreReadTwice
		a.sight.target, a.sight.same = v, false
		if !same {
			a.sight.others = [6]seen{}
			*r = request{verb: listTarget, side: targetSide}
			return false
		}
	case getOther:
		if v := see(w, r.side, r.name); v.name != nameless {
			a.sight.add(v)
		}
		a.sight.toRead[r.side] &^= r.name.bit()
	case getOperations:
		for run, c := range w.copies {
			if c.phase.underWay() {
				a.sight.busy |= arriving(run).bit()
			}
		}
		return true
	case listTarget:
		m.list(w, a, targetSide)
		if !m.keep {
			*r = request{verb: listSource, side: sourceSide}
			return false
		}
		*r = request{verb: getSourceAgain, side: sourceSide, name: home}
		return false
	case listSource:
		m.list(w, a, sourceSide)
		*r = request{verb: getSourceAgain, side: sourceSide, name: home}
		return false
	default:
		panic("model: not a read: " + r.String())
	}
	for at, some := range a.sight.toRead {
		if some != 0 {
			*r = request{verb: getOther, side: side(at), name: some.first()}
			return false
		}
	}
	if m.blind || !a.wantsOperations() {
		return true
	}
	*r = request{verb: getOperations, side: targetSide}
	return false
}

// readings yields a move of others once more for each way in which runs that are about to look have already read something
// of what the move changes. What they have read of the rest does not matter: whether they read it now or later makes no
// difference to them, until it changes.
func (m *model) readings(w, n *world, told string, yield yield) {
	yield(n, told)
	changed := difference(w, n)
	if changed == (visible{}) {
		return
	}
	m.readingsFrom(w, n, 0, &changed, told, yield)
}

func (m *model) readingsFrom(w, n *world, which int, changed *visible, told string, yield yield) {
	for ; which < maxActors; which++ {
		if !w.actors[which].request.verb.reads() || w.actors[which] != n.actors[which] {
			continue
		}
		a := w.actors[which]
		text := ""
		for {
			r := a.request
			if m.read(w, &a) {
				break
			}
			if m.aloud {
				text += m.say("run %d: %s\n", which+1, r)
			}
			if changed.has(r) {
				then := *n
				then.actors[which] = a
				yield(&then, text+told)
				m.readingsFrom(w, &then, which+1, changed, text+told, yield)
			}
		}
	}
}

// visible is a set of what can be read.
type visible struct {
	homes      [2]bool
	names      [2]names
	operations bool
}

func (v *visible) has(r request) bool {
	switch r.verb {
	case getTarget, getSource, getTargetAgain, getSourceAgain:
		return v.homes[r.side]
	case getOther:
		return v.names[r.side]&r.name.bit() != 0
	case getOperations:
		return v.operations
	case listTarget, listSource:
		return v.names[r.side] != 0
	}
	return false
}

// difference is what can be read and is not the same in two worlds.
func difference(w, n *world) visible {
	var d visible
	for _, pair := range [...][2]*world{{w, n}, {n, w}} {
		for _, v := range pair[0].volumes {
			if v.name == nameless || v.name == spare {
				continue
			}
			if see(pair[1], v.side, v.name) == (seen{v.side, v.name, v.marks, v.data}) {
				continue
			}
			if v.name == home {
				d.homes[v.side] = true
			} else {
				d.names[v.side] |= v.name.bit()
			}
		}
	}
	for i := range w.copies {
		if w.copies[i].phase.underWay() != n.copies[i].phase.underWay() {
			d.operations = true
		}
	}
	return d
}

func (a *actor) wantsOperations() bool {
	target := a.sight.target
	if target.state() == migrate.Moving || target.state() == migrate.Migrating && !a.isPlaced() {
		return true
	}
	for _, o := range a.sight.others {
		if o.state() == migrate.Migrating && o.name.isArriving() {
			return true
		}
	}
	return false
}

func (a *actor) isPlaced() bool { return a.placed > 0 && a.sight.target.marks.run() == int(a.placed)-1 }

// list finds what belongs to runs on one side.
func (m *model) list(w *world, a *actor, at side) {
	if at == targetSide {
		a.others, a.listed = [2]names{}, true
	}
	for _, v := range w.volumes {
		if !v.name.ofRun() || v.side != at {
			continue
		}
		var belongs bool
		switch v.marks.state() {
		case migrate.Moving:
			belongs = at == sourceSide
		case migrate.Migrating:
			belongs = at == targetSide || v.name.wasHome()
		case migrate.Plain:
			belongs = a.own[at]&v.name.bit() != 0 || v.name.wasHome() && m.broken != wrongOneIsFound
		default:
			belongs = at == targetSide
		}
		if belongs {
			a.others[at] |= v.name.bit()
			a.sight.add(see(w, at, v.name))
		}
	}
}

// decide ends a look: it asks Next what is to be done.
func (m *model) decide(w *world, which int, yield yield) {
	a := &w.actors[which]
	s := migrate.Sight{
		Target: a.sight.target.state(), Source: a.sight.source.state(), Copy: m.keep, Begun: a.begun,
	}
	if s.Target == migrate.Migrating {
		s.Placed = a.isPlaced()
	}
	pair := a.sight.target.marks.arrived
	if s.Target == migrate.Arrived && s.Source == migrate.Moving && a.sight.source.marks.moving != pair && m.broken != pairIsCompared {
		s.Source = migrate.Plain
	}
	if s.Source == migrate.Moving || s.Source != migrate.Absent && m.keep || m.broken == sourceIsThereAfterEnd {
		a.complete |= a.endedWell
		a.endedWell = 0
	}
	s.Others = make([]migrate.Other, 0, 6)
	for _, v := range a.sight.others {
		if v.name == nameless {
			break
		}
		bit := v.name.bit()
		o := migrate.Other{Name: modelNames[v.name], AtSource: v.side == sourceSide, State: v.state(), Mine: a.own[v.side]&bit != 0}
		if s.Target == migrate.Arrived && o.State == migrate.Moving && v.marks.moving != pair && m.broken != pairIsCompared {
			o.State = migrate.Plain
		}
		o.Complete = v.side == targetSide && a.complete&bit != 0
		o.Busy = v.side == targetSide && v.state() == migrate.Migrating && a.sight.busy&bit != 0
		s.Others = append(s.Others, o)
		if !o.Mine && o.State == migrate.Migrating && v.name.isArriving() {
			a.begun = true
		}
	}
	if s.Target >= migrate.Moving && !s.Placed {
		a.begun = true
	}
	if s.Target == migrate.Arrived && s.Source == migrate.Plain && !m.keep {
		a.sourceLeft = true
	}
	var chosen [8]choice
	different := 0
	for range 2 {
		maybeNew := maybeNew(&s)
		if m.lonely && a.news >= m.news {
			maybeNew = nil
		}
		for newest := range 1 << len(maybeNew) {
			for i, isNew := range maybeNew {
				*isNew = newest>>i&1 != 0
			}
			do, o := m.next(&s)
			if slices.Contains(chosen[:different], choice{do, o.Name}) {
				continue
			}
			chosen[different] = choice{do, o.Name}
			different++
			n := *w
			if newest != 0 && m.lonely {
				n.actors[which].news++
			}
			m.begin(&n, which, do, o, &s)
			yield(&n, m.say("run %d looks, and decides: %s %s", which+1, doing(do), o.Name))
		}
		if m.lonely || !reorder(s.Others) {
			return
		}
	}
}

type choice struct {
	do   migrate.Do
	name string
}

// maybeNew are those of which a run may think that they are too new to be given up.
func maybeNew(s *migrate.Sight) []*bool {
	all := make([]*bool, 0, 6)
	for i := range s.Others {
		o := &s.Others[i]
		if o.New = false; !o.Mine && !o.Busy {
			all = append(all, &o.New)
		}
	}
	if s.Target == migrate.Migrating || s.Target == migrate.Moving {
		all = append(all, &s.TargetNew)
	}
	return all
}

// reorder puts others into another order that they may as well have, for the names of runs are random.
func reorder(others []migrate.Other) bool {
	changed := false
	for i := 1; i < len(others); i++ {
		a, b := &others[i-1], &others[i]
		if a.AtSource == b.AtSource && a.Name[:len("tarn-l")] == b.Name[:len("tarn-l")] {
			*a, *b = *b, *a
			changed = true
		}
	}
	return changed
}

var modelNames = func() (texts [lastName]string) {
	for run := range maxRuns {
		texts[arriving(run)] = fmt.Sprintf("tarn-arriving-%012x", run)
		texts[firstLeaving+name(run)] = fmt.Sprintf("tarn-leaving-00000000-%012x", run)
		texts[firstCleared+name(run)] = fmt.Sprintf("tarn-leaving-11111111-%012x", run)
	}
	return texts
}()

func nameOf(text string) name {
	for n, have := range modelNames {
		if have == text {
			return name(n)
		}
	}
	return nameless
}

// begin takes a run from a decision to the request that comes of it.
func (m *model) begin(w *world, which int, do migrate.Do, o migrate.Other, s *migrate.Sight) {
	a := &w.actors[which]
	switch do {
	case migrate.Unmark, migrate.Done, migrate.NotFound, migrate.Orphan, migrate.NameTaken, migrate.Mark, migrate.Transfer,
		migrate.TakeSource, migrate.Conflict, migrate.BothThere, migrate.Demote, migrate.Return, migrate.ReturnSource:
		if !a.sight.list && m.broken != endIsListed {
			a.look(true)
			return
		}
	}
	target, source := a.sight.target, a.sight.source
	sights := a.sight
	at := targetSide
	if o.AtSource {
		at = sourceSide
	}
	called := nameOf(o.Name)
	a.sight = sight{}
	ask := func(r request) {
		r.why = doing(do)
		if r.verb == rename && r.to.ofRun() {
			a.own[r.side] |= r.to.bit()
		}
		a.request = r
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
	case migrate.Wait:
		if o.Busy {
			ask(request{verb: waitCopying, side: targetSide, name: called})
			return
		}
		a.goOn()
	case migrate.Orphan:
		m.end(w, which, isOrphan)
	case migrate.NameTaken:
		m.end(w, which, nameTaken)
	case migrate.Mark:
		wrote := source.marks
		wrote.moving = m.unusedPair(w)
		ask(request{verb: patch, side: sourceSide, name: home, seen: source.marks, data: source.data, wrote: wrote})
	case migrate.Claim:
		wrote := marks{arrived: cmp.Or(target.marks.moving, unpaired), by: target.marks.migrating}
		ask(request{verb: patch, side: targetSide, name: home, seen: target.marks, data: target.data, wrote: wrote})
	case migrate.Unmark:
		ask(request{verb: patch, side: targetSide, name: home, seen: target.marks, data: target.data})
	case migrate.Transfer:
		if a.failed {
			m.end(w, which, transferFailed)
			return
		}
		called := m.unused(w, a, firstArriving)
		a.own[targetSide] |= called.bit()
		wrote := marks{migrating: uint8(called.run() + 1)}
		if !m.keep {
			wrote.moving = source.marks.moving
		}
		ask(request{verb: send, side: targetSide, name: called, wrote: wrote})
	case claimFirst:
		v := sights.at(at, called)
		wrote := marks{arrived: cmp.Or(v.marks.moving, unpaired), by: v.marks.migrating}
		ask(request{verb: patch, side: at, name: called, seen: v.marks, data: v.data, wrote: wrote})
	case migrate.Place:
		if source.name != nameless && !m.keep && sights.at(at, called).marks.moving != source.marks.moving && m.broken != pairIsCompared {
			a.complete &^= called.bit()
			a.goOn()
			return
		}
		if m.broken == answerIsAwaited {
			a.placed = int8(sights.at(at, called).marks.run() + 1)
		}
		ask(request{verb: rename, side: targetSide, name: called, to: home, seen: sights.at(at, called).marks})
	case migrate.TakeSource:
		if m.broken == sourceIsRenamedFirst {
			ask(request{verb: remove, side: sourceSide, name: home})
			return
		}
		ask(request{verb: rename, side: sourceSide, name: home, to: m.unused(w, a, firstLeaving)})
	case migrate.Clear:
		if m.broken == arrivingIsRenamedFirst {
			ask(request{verb: remove, side: at, name: called})
			return
		}
		ask(request{verb: rename, side: at, name: called, to: m.unused(w, a, firstCleared)})
	case migrate.ClearTarget:
		if m.broken == targetIsRenamedFirst {
			ask(request{verb: remove, side: targetSide, name: home})
			return
		}
		ask(request{verb: rename, side: targetSide, name: home, to: m.unused(w, a, firstLeaving)})
	case migrate.Delete:
		ask(request{verb: remove, side: at, name: called})
	case migrate.Demote:
		v := sights.at(at, called)
		ask(request{verb: patch, side: at, name: called, seen: v.marks, data: v.data, wrote: marks{migrating: demoted}})
	case migrate.Return:
		ask(request{verb: rename, side: at, name: called, to: home})
	case migrate.ReturnSource:
		ask(request{verb: rename, side: sourceSide, name: called, to: home})
	default:
		panic("model: no way to " + do.String())
	}
}

// change lets a change take effect, and the run hear of it.
func (m *model) change(w *world, which int, told string, yield yield) {
	a := &w.actors[which]
	r := a.request
	said := m.apply(w, &r)
	if said == halfway {
		a.request = r
		yield(w, told)
		return
	}
	m.heard(w, which, r, said)
	yield(w, told)
}

// heard is what a run makes of the answer to a change.
func (m *model) heard(w *world, which int, r request, said answer) {
	a := &w.actors[which]
	at := r.side
	switch r.verb {
	case rename:
		if said == fine {
			if r.name.ofRun() {
				a.own[at] &^= r.name.bit()
				a.others[at] &^= r.name.bit()
			}
			if migrate.Do(r.why) == migrate.Place {
				a.placed = int8(r.seen.run() + 1)
			}
			if m.broken == lookAfterRename && r.to.isLeaving() {
				a.request = request{verb: remove, side: r.side, name: r.to, why: doing(migrate.Delete)}
				return
			}
		}
	case remove, removeEnd:
		a.own[at] &^= r.name.bit()
		a.others[at] &^= r.name.bit()
		a.goOn()
		return
	case send:
		if said == fine {
			a.request = request{verb: waitCopying, side: targetSide, name: r.name, why: doing(migrate.Transfer)}
			return
		}
		a.failed = true // no fault that passes
		a.goOn()
		return
	}
	switch said {
	case fine:
		a.goOn()
	case overtook:
		a.lookAnew()
	case refused:
		m.end(w, which, wasRefused)
	}
}

// seeEnd lets a run see the end of a copying, when there is one.
func (m *model) seeEnd(w *world, which int, told string, yield yield) {
	a := &w.actors[which]
	r := a.request
	c := w.copies[r.name.run()]
	switch {
	case c.phase.underWay():
		return
	case c.phase == endedWell:
		a.endedWell |= r.name.bit()
		a.goOn()
	case migrate.Do(r.why) == migrate.Transfer && c.phase == endedBadly:
		a.failed = true
		a.goOn()
	case migrate.Do(r.why) == migrate.Transfer:
		a.shaken() // the server has forgotten it
	default:
		a.goOn()
	}
	yield(w, told)
}
