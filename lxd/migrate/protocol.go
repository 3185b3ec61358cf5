package migrate

import "strings"

// Sight is what a run sees of the way of one volume, and what it remembers of it.
type Sight struct {
	Target, Source State
	Others         []Other // with a mark for this target, and this run's own; in a stable order
	Copy           bool    // the source is to stay

	TargetBusy bool // an operation of the server writes it
	TargetNew  bool // it has not been idle for long
	Unpaired   bool // the target is of another source than the one that is there
	TargetUsed bool // something uses it
	Placed     bool // this run has renamed a complete volume to it, and the server said so
	Begun      bool // it was under way when this run looked before
}

// Other is a volume under a name that belongs to a run.
type Other struct {
	Name     string
	AtSource bool  // on the source's side
	State    State // Plain only for this run's own
	Mine     bool
	Complete bool // this run has seen its operation end well
	Busy     bool // an operation of the server writes it
	New      bool // it has not been idle for long
}

// unneeded tells whether the volume is of no use once the target is there and has no mark any more. Nobody can tell
// what one that had arrived is beside that.
func (o Other) unneeded() bool {
	return o.State == Migrating || o.State == Moving || o.Mine && o.State == Arrived
}

// sourceLeaving tells whether it is the source on its way out, which nobody has begun to delete.
func (o Other) sourceLeaving() bool { return o.AtSource && o.State == Moving }

// arrivedLeaving tells whether it had arrived under the target's name, and was taken away.
func (o Other) arrivedLeaving() bool { return !o.AtSource && o.leaving() && o.State == Arrived }

// leaving tells whether somebody has renamed the volume to delete it.
func (o Other) leaving() bool { return strings.HasPrefix(o.Name, leavingPrefix) }

// Do is what a run does next.
type Do int

// What a run can do; Other is the volume that it is about, where there is one.
const (
	Done Do = iota
	Conflict
	NotFound
	BothThere      // the target has no mark, and the source has
	Stuck          // the server's move broke off
	Orphan         // what is there is not complete, and its source is gone
	NameTaken      // the source is leaving, and another volume has its name
	Wait           // for an operation, or for another run
	MarkSource     // say on the source that it is the one that goes to the target
	Transfer       // to an arriving volume
	Place          // rename an arriving volume to the target's name
	MarkArrived    // say on the target that it is complete
	ClearSource    // rename the source to a leaving name
	Clear          // a volume that is not complete, or no longer needed: rename it to a leaving name
	ClearTarget    // the same under the target's name
	Delete         // a leaving volume
	MarkIncomplete // say on a leaving volume that it is not complete
	Return         // rename a leaving volume to the target's name
	ReturnSource   // rename a leaving volume to the source's name
	Unmark         // take the marks off the target
)

func (d Do) String() string {
	return [...]string{"done", "conflict", "not found", "both there", "stuck", "orphan", "name taken", "wait", "mark source", "transfer", "place", "mark arrived", "clear source",
		"clear", "clear target", "delete", "mark incomplete", "return", "return source", "unmark"}[d]
}

// Next is the table of the package's documentation: what to do in view of all that, and to which of the others.
func (s Sight) Next() (Do, Other) {
	switch s.Target {
	case Arrived:
		return s.finish()
	case Moving:
		switch {
		case s.TargetBusy:
			return Wait, Other{}
		case s.Source == Absent:
			return Unmark, Other{}
		case s.TargetNew:
			return Wait, Other{}
		}
		return Stuck, Other{}
	case Migrating:
		switch {
		case s.Placed:
			return MarkArrived, Other{}
		case s.TargetBusy, s.TargetNew:
			return Wait, Other{}
		case s.Source == Absent, s.Source == Migrating, s.Unpaired, s.TargetUsed:
			if source, ok := s.first(Other.sourceLeaving); ok && s.Source == Absent {
				return ReturnSource, source
			}
			if _, ok := s.first(Other.arrivedLeaving); !ok {
				return Orphan, Other{}
			}
		}
		return ClearTarget, Other{}
	case Plain:
		if o, ok := s.first(Other.unneeded); ok {
			return s.remove(o)
		}
		if o, ok := s.first(func(o Other) bool { return o.AtSource && o.State == Plain }); ok && s.Source == Absent {
			return ReturnSource, o
		}
		switch {
		case s.Source == Moving && !s.Copy:
			return BothThere, Other{}
		case s.Source == Absent, s.Begun:
			return Done, Other{}
		}
		return Conflict, Other{}
	}
	if o, ok := s.first(func(o Other) bool { return o.leaving() && !o.AtSource && o.State == Plain }); ok {
		return Return, o
	}
	// As long as there is a source it is the one to believe, and what had arrived stays beside it until something has arrived
	// again: a daemon that dies in a rename leaves a name without what it names, and either of the two may be that.
	source, leaves := s.first(Other.sourceLeaving)
	if leaves && s.Source == Absent {
		return ReturnSource, source
	}
	if o, ok := s.first(Other.arrivedLeaving); ok && !leaves && s.Source != Moving {
		return Return, o
	}
	if s.Source == Absent {
		if o, ok := s.first(func(o Other) bool { return o.Complete && (o.Mine || !o.New) }); ok {
			return Place, o // whoever has deleted the source has left this
		}
		if o, ok := s.first(func(o Other) bool { return o.AtSource && o.State != Migrating }); ok {
			return ReturnSource, o
		}
		if o, ok := s.first(func(o Other) bool { return o.Busy }); ok {
			return Wait, o
		}
		if o, ok := s.first(func(o Other) bool { return o.State == Migrating && o.New && !o.Mine }); ok {
			return Wait, o
		}
		return NotFound, Other{}
	}
	return s.transfer()
}

// finish is what to do when the target has arrived.
func (s Sight) finish() (Do, Other) {
	// Another run's copy comes first: while it is being made its source must not be renamed. Incus would leave the source's
	// snapshots mounted read-only, and nobody could delete them.
	if o, ok := s.first(func(o Other) bool { return !o.AtSource && o.State != Plain }); ok {
		return s.remove(o)
	}
	if !s.Copy {
		if s.Source == Moving || s.Source == Migrating {
			return ClearSource, Other{}
		}
		if o, ok := s.first(func(o Other) bool { return o.AtSource && (o.State != Plain || s.Source == Absent) }); ok {
			return s.remove(o)
		}
	}
	return Unmark, Other{}
}

// remove is what to do with one of the others when there is no use for it.
func (s Sight) remove(o Other) (Do, Other) {
	switch {
	case o.Busy && !o.leaving() || o.New && !o.Mine:
		return Wait, o // its own run deletes it; on btrfs one of two that delete is refused, and may leave something on the disk
	case !o.leaving():
		return Clear, o
	case o.State == Plain:
		return ReturnSource, o // another volume had the source's name by then
	case o.State != Migrating:
		return MarkIncomplete, o // somebody may be about to give it its name back
	}
	return Delete, o
}

// transfer is what to do when the source is there and nothing under the target's name.
func (s Sight) transfer() (Do, Other) {
	for _, o := range s.Others {
		switch {
		case o.AtSource && o.State == Moving && s.Source != Moving:
			return NameTaken, o
		case o.AtSource, o.arrivedLeaving():
		case o.leaving():
			return s.remove(o)
		case o.Busy:
			return Wait, o
		case o.Complete && (o.Mine || !o.New):
			return Place, o
		case o.New && !o.Mine:
			return Wait, o
		default:
			return Clear, o
		}
	}
	switch {
	case s.Source == Migrating:
		return Orphan, Other{}
	case s.Source == Plain && !s.Copy:
		return MarkSource, Other{}
	}
	return Transfer, Other{}
}

func (s Sight) first(is func(Other) bool) (Other, bool) {
	for _, o := range s.Others {
		if is(o) {
			return o, true
		}
	}
	return Other{}, false
}
