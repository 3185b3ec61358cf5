package migrate

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"tarn/lxd"
)

// Options say how a volume goes. The zero value copies it with its snapshots, description and config, by the first way
// that the servers can go.
type Options struct {
	Mode       Mode
	VolumeOnly bool              // leave the snapshots out
	Snapshot   string            // copy this snapshot of the source and nothing else of it; only within a server and a member
	Config     map[string]string // nil for the source's; the target drops keys that its driver does not have

	// Move deletes the source when all of it has been seen on the target.
	Move bool

	// Progress, when not nil, is told the servers' own words about how far they are, and what is waited for.
	Progress func(text string)

	// Retry decides after a fault that may pass, when nothing else was done meanwhile: it waits a little and gives nil to
	// go on, or an error to give up with. nil goes on for half a minute.
	Retry func(context.Context, error) error

	// Idle is for how long what another run has begun has to stand still before it counts as given up; 3 s when 0.
	Idle time.Duration
}

// Mode is who connects to whom.
type Mode string

// Modes of migration.
const (
	Any   Mode = ""      // within a server a copy; between two pull, push and relay, the first that gets a connection
	Pull  Mode = "pull"  // the target connects to the source
	Push  Mode = "push"  // the source connects to the target
	Relay Mode = "relay" // both talk through this client, which needs no network between them
)

// ErrSourceStays says that a volume has arrived, and that the one at the old name was left alone: something uses it, it
// has what the new one lacks, or it is no longer the one that was to move.
var ErrSourceStays = errors.New("the source stays")

// ErrBrokeOff says that a move which the server itself makes, because something uses the volume, broke off half way. Both
// names are there, and nobody can tell which one is complete.
var ErrBrokeOff = errors.New("the server's move broke off")

// ErrOrphan says that a move broke off, and that its target cannot be made anew: its source is gone, or is another one now,
// or something uses the target.
var ErrOrphan = errors.New("a move broke off, and its source is gone or something uses its target")

// ErrNoSource says that neither the source nor the target is there. It is lxd.ErrNotFound too.
var ErrNoSource error = &lxd.Error{Code: http.StatusNotFound, Message: "it is not there"}

// Volume copies a volume to the name target, on the same server or on another one, and with Options.Move deletes the source
// then. Where an earlier or another run has begun with that, it goes on from there. What it cannot finish it leaves so that the
// next one can: at each moment one complete copy is on one of the servers.
//
// A target that is there and not on its way from the source is lxd.ErrConflict, unless the source is gone: then it is taken
// for done. Neither there is lxd.ErrNotFound.
func Volume(ctx context.Context, from *lxd.Client, source lxd.VolumeID, to *lxd.Client, target lxd.VolumeID, how Options) error {
	return start(from, source, to, target, how).run(ctx)
}

// Settle does what is left to do of moves to a volume when nobody knows any more where it came from: it clears away what
// is incomplete and takes the marks off. The source, if there is one, stays.
func Settle(ctx context.Context, client *lxd.Client, target lxd.VolumeID, how Options) error {
	how.Move = false
	return start(client, lxd.VolumeID{}, client, target, how).run(ctx)
}

func start(from *lxd.Client, source lxd.VolumeID, to *lxd.Client, target lxd.VolumeID, how Options) *run {
	r := &run{
		Options: how, from: from, to: to, source: source, target: target,
		endedWell: map[string]bool{}, complete: map[string]bool{}, own: map[nameOnSide]bool{}, idleSince: map[string]time.Time{}, transfers: map[string]bool{},
		clock: time.Now, pause: pause,
	}
	if r.Retry == nil {
		r.Retry = defaultRetry()
	}
	if r.Idle == 0 {
		r.Idle = 3 * time.Second
	}
	return r
}

// retryLimit is how long faults that may pass are put up with, all of a run's together.
const retryLimit = 30 * time.Second

// defaultRetry is Options.Retry when there is none.
func defaultRetry() func(context.Context, error) error {
	pauses := &backoff.ExponentialBackOff{
		InitialInterval: 250 * time.Millisecond, Multiplier: 1.5, MaxInterval: 2 * time.Second,
		RandomizationFactor: 0.5, // runs that wait for the same server do not all come back at once
	}
	var first time.Time
	return func(ctx context.Context, err error) error {
		if first.IsZero() {
			first = time.Now()
		}
		if time.Since(first) > retryLimit {
			return err
		}
		return pause(ctx, pauses.NextBackOff())
	}
}

// pause waits.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

// run is one run. It belongs to one goroutine.
type run struct {
	Options
	from, to             *lxd.Client
	source, target       lxd.VolumeID
	fromServer, toServer *lxd.Server

	// What it remembers.
	endedWell  map[string]bool     // arriving volumes whose operation it has seen end well
	complete   map[string]bool     // those of which it has seen the source after that
	own        map[nameOnSide]bool // volumes under names of its own that may be there
	placed     string              // the run of an arriving volume that was renamed to the target's name, with an answer
	begun      bool                // it was under way when this run looked
	acts       int                 // what it has done, and operations of others that it has seen the end of
	failures   int                 // of transfers
	failed     error               // why there is to be no other transfer
	changes    int                 // how often something was no longer as seen
	refusals   int                 // of deletions
	sourceLeft bool                // the target had arrived, and what was at the source's name was not marked

	others    map[nameOnSide]*lxd.Volume // as they were when the pools were last listed
	idleSince map[string]time.Time       // since when what others have begun stands still, by name
	suspects  map[string]bool            // operations that may be about such, by their ids: those that ran at the first look
	transfers map[string]bool            // ids of this run's own operations

	now *view // as of the last look

	// The time, and how it passes.
	clock func() time.Time
	pause func(context.Context, time.Duration) error
}

// nameOnSide is a name on one of the sides.
type nameOnSide struct {
	name     string
	atSource bool
}

// view is what was read, beside the Sight that was made of it.
type view struct {
	Sight
	source, target *lxd.Volume
	others         map[nameOnSide]*lxd.Volume
	busy           map[string]*lxd.Operation // by the name of what it writes
}

func (r *run) prepare(ctx context.Context) (err error) {
	if r.fromServer, err = r.server(ctx, r.from); err != nil {
		return err
	}
	if r.toServer = r.fromServer; r.to != r.from {
		if r.toServer, err = r.server(ctx, r.to); err != nil {
			return err
		}
	}
	if r.Snapshot != "" {
		if r.Move || r.from != r.to {
			return errors.New("a snapshot can only be copied, and within its server")
		}
		r.VolumeOnly = true
	}
	if !r.fromServer.SendsVolumesTo(r.toServer) {
		return fmt.Errorf("a volume cannot go from %s to %s: create it there and copy the files", r.fromServer, r.toServer)
	}
	return nil
}

func (r *run) server(ctx context.Context, c *lxd.Client) (server *lxd.Server, err error) {
	for {
		if server, err = c.Server(ctx); err == nil || !passing(err) {
			return server, err
		}
		if err := r.Retry(ctx, err); err != nil {
			return nil, err
		}
	}
}

// run does all of it.
func (r *run) run(ctx context.Context) error {
	if err := r.prepare(ctx); err != nil {
		return err
	}
	return r.carryOn(ctx)
}

// maxTransfers is how often the data is sent anew after faults that pass.
const maxTransfers = 4

// maxActs is how often a run does something, for a server that says yes to all of it and does nothing. A move takes ten acts, and
// three for each volume that earlier runs have left.
const maxActs = 300

// carryOn looks and acts until it is done.
func (r *run) carryOn(ctx context.Context) error {
	for {
		do, at, err := r.next(ctx)
		if err == nil {
			err = r.act(ctx, do, at)
			if do != Wait {
				r.acts++
			}
		}
		if err == nil && r.acts >= maxActs {
			return fmt.Errorf("gave up: the server has answered %d changes well, and nothing comes of them", maxActs)
		}
		var end *ended
		switch {
		case errors.As(err, &end):
			return end.err
		case err == nil:
			continue
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case !passing(err) && !isChange(err):
			return err
		}
		if passing(err) {
			if err := r.Retry(ctx, err); err != nil {
				return err
			}
		}
		r.others = nil
	}
}

// ended is the end of a run.
type ended struct{ err error }

func (e *ended) Error() string { return fmt.Sprint("ended: ", e.err) }

// passing tells whether trying again may help.
func passing(err error) bool {
	var lost *lxd.UnreachableError
	return errors.As(err, &lost) || errors.Is(err, lxd.ErrTransient) || errors.Is(err, lxd.ErrOperationGone)
}

// isChange tells whether an error says that something is no longer as it was seen, by another run's or a person's doing. It
// makes the run look again.
func isChange(err error) bool {
	var changed *changedError
	return errors.As(err, &changed)
}

// changedError says that a request was refused because what had been seen is no longer so.
type changedError struct{ err error }

func (e *changedError) Error() string { return e.err.Error() }
func (e *changedError) Unwrap() error { return e.err }

// maxRefusals is how often the deletion of one volume is tried.
const maxRefusals = 3

// maxChanges is how often a run looks again because of changes, before it gives up.
const maxChanges = 50

// asChange makes a changedError of a refusal that says so, up to maxChanges times.
func (r *run) asChange(err error) error {
	if errors.Is(err, lxd.ErrNotFound) || errors.Is(err, lxd.ErrConflict) || errors.Is(err, lxd.ErrPrecondition) {
		if r.changes++; r.changes < maxChanges {
			return &changedError{err}
		}
	}
	return err
}

// next looks, and says what is to be done. The end is never decided from an old list of what belongs to runs.
func (r *run) next(ctx context.Context) (Do, Other, error) {
	list := r.others == nil
	for {
		if err := r.look(ctx, list); err != nil {
			return 0, Other{}, err
		}
		do, other := r.now.Next()
		switch do {
		case Unmark, Done, NotFound, Orphan, NameTaken, MarkSource, Transfer, ClearSource, Conflict, BothThere, MarkIncomplete, Return, ReturnSource:
			if !list {
				list = true
				continue
			}
		}
		return do, other, nil
	}
}

func (r *run) act(ctx context.Context, do Do, other Other) error {
	at := nameOnSide{other.Name, other.AtSource}
	switch do {
	case Done:
		if r.sourceLeft && r.now.Source != Absent {
			return &ended{fmt.Errorf("the volume has arrived, but %w: it is no longer as it was when it was marked; compare the two, and delete the one that is not wanted", ErrSourceStays)}
		}
		return &ended{}
	case Conflict:
		return &ended{&lxd.Error{Code: http.StatusConflict, Message: "the target exists already"}}
	case BothThere:
		return &ended{fmt.Errorf("the volume is there, but %w: nobody can tell whether it is the one that was to come; compare the two, and delete the one that is not wanted", ErrSourceStays)}
	case NotFound:
		return &ended{fmt.Errorf("read the source: %w", ErrNoSource)}
	case Stuck:
		return &ended{fmt.Errorf("%w, and both %s and %s are there: compare them, delete the one that is not complete, and take %s off the other",
			ErrBrokeOff, r.source, r.target, MovingKey)}
	case Orphan:
		return &ended{fmt.Errorf("%w: nobody can tell whether %s is all of it; look what is in it, and take the marks %s and %s off it or delete it",
			ErrOrphan, r.target, MigratingKey, MovingKey)}
	case NameTaken:
		return &ended{fmt.Errorf("%w: it is called %s now, and another volume has got its name; rename one of them", ErrSourceStays, other.Name)}
	case Wait:
		return r.wait(ctx, other)
	case MarkSource:
		return r.markSource(ctx)
	case Transfer:
		return r.transferOnce(ctx)
	case Place:
		return r.place(ctx, other)
	case MarkArrived:
		return r.markArrived(ctx)
	case ClearSource:
		return r.clearSource(ctx)
	case Clear:
		_, id := r.side(at)
		return r.rename(ctx, at, nameOnSide{leavingName(id), other.AtSource})
	case ClearTarget:
		return r.rename(ctx, nameOnSide{r.target.Name, false}, nameOnSide{leavingName(r.target), false})
	case Delete:
		return r.delete(ctx, at)
	case MarkIncomplete:
		client, _ := r.side(at)
		return r.patch(ctx, client, r.now.others[at], map[string]string{
			ArrivedKey: "", MovingKey: "", MigratingKey: r.mark(newRun()),
		})
	case Return:
		return r.rename(ctx, at, nameOnSide{r.target.Name, false})
	case ReturnSource:
		return r.rename(ctx, at, nameOnSide{r.source.Name, true})
	case Unmark:
		return r.unmark(ctx)
	}
	panic("migrate: no way to " + do.String())
}

// side gives the client of a side, and the name that something has there.
func (r *run) side(at nameOnSide) (*lxd.Client, lxd.VolumeID) {
	client, id := r.to, r.target
	if at.atSource {
		client, id = r.from, r.source
	}
	id.Name = at.name
	if volume := r.now.others[at]; volume != nil {
		id = volume.ID()
	}
	return client, id
}

// waitFor waits for the end of a change.
func waitFor(ctx context.Context, op *lxd.Operation, err error) error {
	if err != nil {
		return err
	}
	return op.Wait(ctx, nil)
}

// rename gives a volume another name. Whatever comes of it is seen by the next look.
func (r *run) rename(ctx context.Context, from, to nameOnSide) error {
	if OfRun(to.name) {
		r.own[to] = true
	}
	client, id := r.side(from)
	op, err := client.RenameVolume(ctx, id, to.name)
	if err := waitFor(ctx, op, err); err != nil {
		return r.asChange(fmt.Errorf("rename %s to %s: %w", id, to.name, err))
	}
	delete(r.own, from)
	delete(r.others, from)
	return nil
}

// delete deletes a volume under a name that belongs to a run.
func (r *run) delete(ctx context.Context, at nameOnSide) error {
	if !strings.HasPrefix(at.name, leavingPrefix) {
		panic("migrate: nothing is deleted under the name " + at.name)
	}
	client, id := r.side(at)
	op, err := client.DeleteVolume(ctx, id)
	if err := waitFor(ctx, op, err); err != nil && !errors.Is(err, lxd.ErrNotFound) {
		err = fmt.Errorf("delete %s: %w", id, err)
		var refused *lxd.Error
		if r.refusals++; errors.As(err, &refused) && r.refusals < maxRefusals {
			return &changedError{err} // on btrfs one of two that delete the same is refused
		}
		return err
	}
	delete(r.own, at)
	delete(r.others, at)
	return nil
}
