package migrate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tarn/lxd"
)

// look reads what a decision needs. Volumes under names of runs are found by a list; without one only those are read again
// that are known. The list comes last: what has left one of the two names is in it then.
func (r *run) look(ctx context.Context, list bool) (err error) {
	v := &view{others: map[nameOnSide]*lxd.Volume{}, busy: map[string]*lxd.Operation{}}
	if v.target, err = nilIfAbsent(r.to.Volume(ctx, r.target)); err != nil {
		return err
	}
	if r.source != (lxd.VolumeID{}) {
		if v.source, err = nilIfAbsent(r.from.Volume(ctx, r.source)); err != nil {
			return err
		}
	}
	if list {
		if err := r.listBetween(ctx, v); err != nil {
			return err
		}
		v.others = maps.Clone(r.others)
	} else if err := r.lookAgain(ctx, v); err != nil {
		return err
	}
	r.now = v
	v.Sight = Sight{
		Target: StateOf(v.target, r.target), Source: StateOf(v.source, r.target), Copy: !r.Move,
		Begun: r.begun,
	}
	if v.Target == Migrating {
		v.Placed = r.placed != "" && nameOf(v.target.Config[MigratingKey]) == r.placed
		of := nameOf(v.target.Config[MovingKey])
		v.Unpaired = of != "" && (v.Source != Moving || nameOf(v.source.Config[MovingKey]) != of)
		v.TargetUsed = len(v.target.UsedBy) > 0
	}
	if v.Target == Arrived && v.Source == Moving && !Pair(v.source, v.target) {
		v.Source = Plain // another one
	}
	if err := r.lookAtOperations(ctx, v); err != nil {
		return err
	}
	if v.Source == Moving || v.source != nil && v.Copy {
		// What a transfer has brought whose source went away meanwhile is all of it for nobody: rsync may take files that
		// vanish for no error.
		maps.Copy(r.complete, r.endedWell)
		clear(r.endedWell)
	}
	for _, at := range slices.SortedFunc(maps.Keys(v.others), compareNames) {
		v.Others = append(v.Others, r.other(v, at))
	}
	v.TargetBusy = v.busy[r.target.Name] != nil
	v.TargetNew = (v.Target == Migrating || v.Target == Moving) && !v.TargetBusy && r.isNew(r.target.Name)
	if v.Target >= Moving && !v.Placed {
		r.begun = true
	}
	if v.Target == Arrived && v.Source == Plain && r.Move {
		r.sourceLeft = true
	}
	return nil
}

// listBetween lists the others between two readings of both names that find the same marks. What goes from a name to one of a run,
// or back, between a reading and the list would be seen twice or not at all.
func (r *run) listBetween(ctx context.Context, v *view) error {
	for range maxReadings {
		if err := r.list(ctx); err != nil {
			return err
		}
		// The target comes last: when it is still not there the source just before was the source, and not another volume that
		// has got its name at the end of the move.
		source := v.source
		var err error
		if r.source != (lxd.VolumeID{}) {
			if source, err = nilIfAbsent(r.from.Volume(ctx, r.source)); err != nil {
				return err
			}
		}
		target, err := nilIfAbsent(r.to.Volume(ctx, r.target))
		if err != nil {
			return err
		}
		unchanged := sameMarks(target, v.target) && sameMarks(source, v.source)
		v.target, v.source = target, source
		if unchanged {
			return nil
		}
	}
	r.changes += maxReadings - 1 // that many
	return r.asChange(fmt.Errorf("read what moves to %s: it does not stand still: %w", r.target, lxd.ErrPrecondition))
}

// maxReadings is how often listBetween reads both names in a row, until two readings agree.
const maxReadings = 20

// nilIfAbsent takes it for an answer that something is not nilIfAbsent.
func nilIfAbsent(volume *lxd.Volume, err error) (*lxd.Volume, error) {
	if errors.Is(err, lxd.ErrNotFound) {
		return nil, nil
	}
	return volume, err
}

func compareNames(a, b nameOnSide) int {
	if a.atSource != b.atSource {
		if a.atSource {
			return 1
		}
		return -1
	}
	return cmp.Compare(a.name, b.name)
}

// lookAgain reads what is known of the others.
func (r *run) lookAgain(ctx context.Context, v *view) error {
	known := maps.Clone(r.own)
	for at := range r.others {
		known[at] = true
	}
	for at := range known {
		client, id := r.to, r.target
		if at.atSource {
			client, id = r.from, r.source
		}
		id.Name = at.name
		if listed := r.others[at]; listed != nil {
			id = listed.ID()
		}
		volume, err := nilIfAbsent(client.Volume(ctx, id))
		if err != nil {
			return err
		}
		if volume != nil {
			v.others[at] = volume
		}
	}
	return nil
}

// list finds the volumes that belong to runs and are about this target, whoever's they are.
func (r *run) list(ctx context.Context) error {
	r.others = map[nameOnSide]*lxd.Volume{}
	take := func(client *lxd.Client, server *lxd.Server, side lxd.VolumeID, atSource bool) error {
		volumes, err := client.Volumes(ctx, side.Pool, lxd.VolumeList{
			Project: side.Project, Names: []string{}, Prefix: Prefix, Server: server,
		})
		if errors.Is(err, lxd.ErrNotFound) {
			return nil // there is no such pool, which the transfer says better
		}
		if err != nil {
			return err
		}
		for _, volume := range volumes {
			at := nameOnSide{volume.Name, atSource}
			switch StateOf(volume, r.target) {
			case Moving:
				if !atSource {
					continue
				}
			case Migrating: // under a name that tells of which side it is
				if atSource != WasCalled(volume, r.source) {
					continue
				}
			case Plain:
				if !r.own[at] && !(WasCalled(volume, side) && (side.Member == "" || volume.ID().Member == side.Member)) {
					continue
				}
			default:
				if atSource {
					continue
				}
			}
			if OfRun(volume.Name) {
				r.others[at] = volume
			}
		}
		return nil
	}
	if err := take(r.to, r.toServer, r.target, false); err != nil {
		return err
	}
	if r.Move {
		if err := take(r.from, r.fromServer, r.source, true); err != nil {
			return err
		}
	}
	return nil
}

// other says what one of the others is.
func (r *run) other(v *view, at nameOnSide) Other {
	o := Other{Name: at.name, AtSource: at.atSource, State: StateOf(v.others[at], r.target), Mine: r.own[at]}
	if o.State == Moving && v.Target == Arrived && !Pair(v.others[at], v.target) {
		o.State = Plain // another one that had the source's name
	}
	o.Complete = r.complete[at.name]
	o.Busy = v.busy[at.name] != nil
	if !o.Mine {
		r.begun = r.begun || o.State == Migrating && !o.leaving()
		o.New = !o.Busy && r.isNew(at.name)
	}
	return o
}

// isNew tells whether something that no operation writes has not stood still for long.
func (r *run) isNew(name string) bool {
	since, seen := r.idleSince[name]
	if !seen {
		since = r.clock()
		r.idleSince[name] = since
	}
	return r.clock().Sub(since) < r.Idle
}

// lookAtOperations finds the operations of the target's server that write what is on its way.
func (r *run) lookAtOperations(ctx context.Context, v *view) error {
	var names []string
	if v.Target == Migrating && !v.Placed || v.Target == Moving {
		names = append(names, r.target.Name)
	}
	for at, volume := range v.others {
		if StateOf(volume, r.target) == Migrating && strings.HasPrefix(at.name, arrivingPrefix) {
			names = append(names, at.name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	operations, err := r.to.Operations(ctx, r.target.Project)
	if err != nil && !errors.Is(err, lxd.ErrForbidden) { // who may not see them relies on what stands still
		return err
	}
	first := r.suspects == nil
	if first {
		r.suspects = map[string]bool{}
	}
	for _, op := range operations {
		if op.Done() || !strings.Contains(op.Info().Description, "olume") {
			continue
		}
		id := op.Info().ID
		for _, name := range names {
			if r.endedWell[name] || r.complete[name] {
				continue // another run's operation with the same source, which may wait long for a client that has died
			}
			written := r.target
			written.Name = name
			about, known := op.About(written)
			if !about && r.from == r.to && (r.source.Member == "" || r.target.Member == "" || r.source.Member == r.target.Member) {
				// LXD 6.9 names of a copy what is copied. Between members the source has an operation of its own, which writes nothing
				// and may wait long for a client that has died.
				about, _ = op.About(r.source)
			}
			own := r.own[nameOnSide{name, false}]
			if first && !known && !own {
				r.suspects[id] = true
			}
			if about || own && r.transfers[id] || !own && !known && r.suspects[id] {
				v.busy[name] = op
				delete(r.idleSince, name)
			}
		}
	}
	return nil
}

// wait waits for the operation that writes something, or a moment for another run to go on.
func (r *run) wait(ctx context.Context, other Other) error {
	name := cmp.Or(other.Name, r.target.Name)
	op := r.now.busy[name]
	moment := min(300*time.Millisecond, max(r.Idle/4, time.Millisecond))
	if op == nil {
		r.tell("waiting for another run to go on")
		return r.pause(ctx, moment)
	}
	r.tell("waiting for an operation of the server")
	err := op.Wait(ctx, func(text string) { r.tell("waiting for another run: " + text) })
	if err == nil {
		r.acts++
	}
	written := r.target
	written.Name = name
	if about, _ := op.About(written); err == nil && about && strings.HasPrefix(name, arrivingPrefix) {
		r.endedWell[name] = true
	}
	var refused *lxd.Error
	if errors.As(err, &refused) || errors.Is(err, lxd.ErrOperationGone) {
		// How it ended is that run's to know, and what is left is seen. The server may go on listing an operation that it refuses
		// to wait for: that of a member which is offline.
		return r.pause(ctx, moment)
	}
	return err
}

func (r *run) tell(text string) {
	if r.Progress != nil {
		r.Progress(text)
	}
}

// Writes tells whether an operation that is under way writes a volume, or may do so: LXD 5.0.2 does not say what copies and
// moves are about.
func Writes(op lxd.OperationInfo, volume lxd.VolumeID) bool {
	if !strings.Contains(op.Description, "olume") {
		return false
	}
	about, known := op.About(volume)
	return about || !known
}

// Copies tells whether an operation that is under way copies or moves a volume to somewhere. LXD 6.9 names of a copy what is copied, and
// not what is written, so that [Writes] says no.
func Copies(op lxd.OperationInfo, source lxd.VolumeID) bool {
	about, _ := op.About(source)
	return about && (strings.HasPrefix(op.Description, "Copying ") || strings.HasPrefix(op.Description, "Moving "))
}
