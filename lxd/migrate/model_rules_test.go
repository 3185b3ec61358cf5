package migrate_test

import (
	"slices"

	"tarn/lxd/migrate"
)

// rule is a rule of the protocol that a model may leave out, to see whether it is needed.
type rule uint8

const (
	none rule = iota
	sourceIsRenamedFirst
	arrivingIsRenamedFirst
	targetIsRenamedFirst
	lookAfterRename
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
	deletionIsAnnounced
	partsWithoutSourceStay
	nameIsTaken
)

// next is what the table says, with a rule left out.
func (m *model) next(s *migrate.Sight) (migrate.Do, migrate.Other) {
	switch m.broken {
	case endIsAwaited:
		changed := *s
		changed.Others = slices.Clone(s.Others)
		for i := range changed.Others {
			o := &changed.Others[i]
			o.Complete = o.Complete || nameOf(o.Name).isArriving() && o.State == migrate.Migrating && !o.Busy
		}
		s = &changed
	case sourceIsMarked:
		changed := *s
		changed.Others = slices.Clone(s.Others)
		for i := range changed.Others {
			if o := &changed.Others[i]; o.AtSource && o.State == migrate.Plain {
				o.State = migrate.Moving
			}
		}
		if s.Source == migrate.Plain {
			changed.Source = migrate.Moving
		}
		s = &changed
	}
	do, o := s.Next()
	switch {
	case m.broken == arrivedAfterRename && do == migrate.Place && o.State == migrate.Migrating:
		return claimFirst, o
	case m.broken == arrivedAfterRename && s.Target == migrate.Absent:
		for _, o := range s.Others {
			if o.State == migrate.Arrived && nameOf(o.Name).isArriving() {
				return migrate.Return, o
			}
		}
	case m.broken == unmarkComesLast && s.Target == migrate.Arrived:
		return migrate.Unmark, migrate.Other{}
	case m.broken == sourceIsReturned && do == migrate.ReturnSource:
		return migrate.NotFound, migrate.Other{}
	case m.broken == targetIsReturned && do == migrate.Return:
		return migrate.NotFound, migrate.Other{}
	case m.broken == deletionIsAnnounced && do == migrate.Demote:
		return migrate.Delete, o
	case m.broken == partsWithoutSourceStay && do == migrate.Orphan:
		return migrate.ClearTarget, o
	case m.broken == nameIsTaken && do == migrate.NameTaken:
		return migrate.Mark, migrate.Other{}
	}
	return do, o
}

// claimFirst says of an arriving volume that it has arrived.
const claimFirst migrate.Do = 100
