package migrate_test

import (
	"slices"
	"testing"

	"tarn/lxd/migrate"
)

// rule is a rule of the protocol. A model can leave one out, which shows what it is for.
type rule uint8

const (
	none rule = iota
	sourceIsRenamedFirst
	arrivingIsRenamedFirst
	targetIsRenamedFirst
	lookAfterRename
	deletionIsAnnounced
	answerIsAwaited
	endIsAwaited
	sourceIsThereAfterEnd
	arrivedAfterRename
	sourceIsMarked
	pairIsCompared
	patchComparesETag
	nameBelongsToRun
	unmarkComesLast
	sourceIsReturned
	targetIsReturned
	wrongOneIsFound
	endIsListed
	namesAreReadTwice
	targetIsReadLast
	pairComesAlong
	leavingSourceComesFirst
	nameIsTaken
	sourceIsBelievedFirst
	arrivedStaysBesideSource
)

// TestModelWithoutARule leaves one rule after the other out, and tells the shortest history in which that does harm.
func TestModelWithoutARule(t *testing.T) {
	t.Parallel()
	one := model{runs: 1, uuid: true}
	with := func(m model, faults int, kinds mishap) model {
		m.faults, m.kinds = faults, kinds
		return m
	}
	two := one
	two.runs = 2
	killed := with(two, 1, kill)
	person := with(one, 1, crash)
	person.persons = 1
	newcomer := two
	newcomer.newcomer, newcomer.early = true, true
	late := newcomer
	late.early = false
	old := newcomer
	old.uuid = false
	for _, c := range []struct {
		text  string
		rule  rule
		model model
		harm  string
	}{
		{"the source is deleted under its name", sourceIsRenamedFirst, two, "nothing complete is left"},
		{"an arriving volume is deleted under its name", arrivingIsRenamedFirst, two, "nothing complete is left"},
		{"the target is deleted under its name", targetIsRenamedFirst, with(one, 1, crash), "nothing complete is left"},
		{"what was renamed is deleted without another look", lookAfterRename, two, "nothing complete is left"},
		{"a deletion is not announced", deletionIsAnnounced, two, "nothing complete is left"},
		{"the target has arrived though the rename was not answered", answerIsAwaited, with(one, 1, kill), "nothing complete is left"},
		{"a volume is complete that no operation writes any more", endIsAwaited, with(one, 1, kill), "nothing complete is left"},
		{"a volume is complete though its source went meanwhile", sourceIsThereAfterEnd, person, "nothing complete is left"},
		{"the target is marked as arrived before the rename", arrivedAfterRename, with(one, 1, kill), "nothing complete is left"},
		{"the source is not marked", sourceIsMarked, newcomer, "another volume is lost"},
		{"a target is not paired with its source", pairIsCompared, old, "another volume is lost"},
		{"patches do not compare ETags", patchComparesETag, with(one, 1, crash), "a lonely run ends with: orphan"},
		{"runs share the name of their arriving volumes", nameBelongsToRun, two, "nothing complete is left"},
		{"the mark goes before the source", unmarkComesLast, one, "a lonely run ends with: both there"},
		{"a source that was taken away is not given back", sourceIsReturned, two, "a lonely run ends with: not found"},
		{"a target that was taken away is not given back", targetIsReturned, two, "a lonely run ends with: not found"},
		{"what was taken away by mistake is found by its own run only", wrongOneIsFound, two, "a lonely run ends with: not found"},
		{"the end is decided from an old list", endIsListed, two, "a lonely run ends with: both there"},
		{"the names are not read again after the list", namesAreReadTwice, two, "a lonely run ends with: both there"},
		{"the target is read before the source after the list", targetIsReadLast, late, "a lonely run ends with: both there"},
		{"a target is paired with the source that is there when it arrives", pairComesAlong, two, "a lonely run ends with: both there"},
		{"an orphan is told of before its leaving source is given back", leavingSourceComesFirst, two, "a lonely run ends with: orphan"},
		{"another volume under the source's name is taken for the source", nameIsTaken, newcomer, "a lonely run ends with: both there"},
		{"a target comes back though the source is whole", sourceIsBelievedFirst, killed, "nothing complete is left"},
		{"what had arrived is deleted since the source is there", arrivedStaysBesideSource, killed, "nothing complete is left"},
	} {
		c.model.broken = c.rule
		s := newSearch(&c.model)
		s.run(true)
		if _, found := s.faults[c.harm]; !found {
			t.Errorf("%s: found %v, want %q", c.text, s.faults, c.harm)
			continue
		}
		trace := s.trace(c.harm)
		t.Logf("%s: %s, after %d moves (%d worlds)\n%s", c.text, c.harm, trace.moves, len(s.parent), trace)
	}
}

// next is what the table says, with a rule left out.
func (m *model) next(s *migrate.Sight) (migrate.Do, migrate.Other) {
	if m.broken == none {
		return s.Next()
	}
	find := func(is func(migrate.Other) bool) (migrate.Other, bool) {
		if i := slices.IndexFunc(s.Others, is); i >= 0 {
			return s.Others[i], true
		}
		return migrate.Other{}, false
	}
	changed := *s
	changed.Others = slices.Clone(s.Others)
	for i := range changed.Others {
		o := &changed.Others[i]
		switch {
		case m.breaks(endIsAwaited) && nameOf(*o).isArriving() && o.State == migrate.Migrating && !o.Busy:
			o.Complete = true
		case m.breaks(sourceIsMarked) && o.AtSource && o.State == migrate.Plain:
			o.State = migrate.Moving
		}
	}
	if m.breaks(sourceIsMarked) && s.Source == migrate.Plain {
		changed.Source = migrate.Moving
	}
	do, o := changed.Next()
	arrived, isArrived := find(func(o migrate.Other) bool {
		return o.State == migrate.Arrived && !o.AtSource && (nameOf(o).isLeaving() || m.breaks(arrivedAfterRename))
	})
	switch {
	case m.breaks(arrivedAfterRename) && do == migrate.Place && o.State == migrate.Migrating:
		return claimFirst, o
	case m.breaks(arrivedAfterRename) && s.Target == migrate.Absent && isArrived:
		return migrate.Return, arrived
	case m.breaks(unmarkComesLast) && s.Target == migrate.Arrived:
		return migrate.Unmark, migrate.Other{}
	case m.breaks(sourceIsReturned) && do == migrate.ReturnSource, m.breaks(targetIsReturned) && do == migrate.Return:
		return migrate.NotFound, migrate.Other{}
	case m.breaks(deletionIsAnnounced) && do == migrate.MarkIncomplete:
		return migrate.Delete, o
	case m.breaks(nameIsTaken) && do == migrate.NameTaken:
		return migrate.MarkSource, migrate.Other{}
	case m.breaks(leavingSourceComesFirst) && do == migrate.ReturnSource && s.Target == migrate.Migrating:
		return migrate.Orphan, migrate.Other{}
	case m.breaks(sourceIsBelievedFirst) && do == migrate.ReturnSource && s.Target == migrate.Absent && isArrived:
		return migrate.Return, arrived
	case m.breaks(arrivedStaysBesideSource) && s.Target == migrate.Absent && s.Source == migrate.Moving && isArrived:
		return migrate.MarkIncomplete, arrived
	}
	return do, o
}

// claimFirst says of an arriving volume that it has arrived.
const claimFirst migrate.Do = 100
