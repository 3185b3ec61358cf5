package applier

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"tarn/cli/lazyregexp"
	"tarn/lxd"
	"tarn/lxd/migrate"
	"tarn/planner/plan"
)

// executor carries out single actions. Every attempt begins with a look at the server, so that an attempt whose answer
// was lost is found done by the next one.
type executor struct {
	*server
	remotes map[string]*server // other servers that volumes come from, by their names
	stop    <-chan struct{}    // [Options.Stop]

	seen    map[plan.Object]plan.Seen      // what the plan saw
	changes map[lxd.VolumeID][]plan.Change // what it changes of volumes, by the names that they then have

	// poolDeletion is held by the deletion of a pool, and for reading by what creates one: LXD 6.9 fails to create a pool while it
	// deletes another, and says that the other is not there (8 of 12 times).
	poolDeletion sync.RWMutex
}

// server is a server and its outages.
type server struct {
	client *lxd.Client
	outage *outage
}

func newServer(client *lxd.Client, opts Options) *server {
	return &server{client, newOutage(opts.OutageLimit, opts.Backoff)}
}

// tell reports what happens inside of a step.
type tell func(kind Kind, text string, err error)

// carryOut carries out an action, in as many tries as it takes.
func (e *executor) carryOut(ctx context.Context, action plan.Action, tell tell) error {
	err := retry(ctx, retries{tell: tell, stop: e.stop}, e.outage, passing, func(retried bool) error { return e.attempt(ctx, action, retried, tell) })
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("broken off while it was running, and the server may have finished it: %w", err)
	}
	if err == nil {
		e.outage.end()
	}
	return err
}

// attempt tries an action once. retried tells that it was tried before and may have been carried out.
func (e *executor) attempt(ctx context.Context, action plan.Action, retried bool, tell tell) error {
	switch action := action.(type) {
	case plan.CreatePool:
		return e.createPool(ctx, action, retried, tell)
	case plan.PatchPool:
		return e.patchPool(ctx, action, tell)
	case plan.DeletePool:
		return e.deletePool(ctx, action, tell)
	case plan.CreateVolume:
		return e.createVolume(ctx, action, retried, tell)
	case plan.CopyVolume:
		return e.copyVolume(ctx, action, tell)
	case plan.PatchVolume:
		return e.patchVolume(ctx, action, tell)
	case plan.RenameVolume:
		return e.rename(ctx, action, retried, tell)
	case plan.MoveVolume:
		if action.Finish && action.Volume == action.To {
			return e.settle(ctx, action.To, tell)
		}
		return e.migrate(ctx, e.server, action.Volume, action.To, tell)
	case plan.MigrateVolume:
		return e.migrate(ctx, e.remotes[action.Remote], action.Volume, action.To, tell)
	case plan.DeleteVolume:
		return e.deleteVolume(ctx, action, tell)
	}
	panic(fmt.Sprintf("applier: no way to carry out %T", action))
}

// migrate brings a volume to another pool, project, member or server. What an attempt that broke off has left the next one
// goes on with.
func (e *executor) migrate(ctx context.Context, source *server, from, to lxd.VolumeID, tell tell) error {
	how := e.migration(source, tell)
	how.Move = true
	err := migrate.Volume(ctx, source.client, from, e.client, to, how)
	if errors.Is(err, migrate.ErrNoSource) {
		return absentSincePlan(err)
	}
	return err
}

// copyVolume makes a copy of a volume. What an attempt that broke off has left is cleared away.
func (e *executor) copyVolume(ctx context.Context, action plan.CopyVolume, tell tell) error {
	source := e.server
	if action.Remote != "" {
		source = e.remotes[action.Remote]
	}
	how := e.migration(source, tell)
	how.Snapshot = action.Snapshot
	err := migrate.Volume(ctx, source.client, action.Volume, e.client, action.To, how)
	if errors.Is(err, migrate.ErrNoSource) {
		return absentSincePlan(err)
	}
	return err
}

// settle does what is left of a move whose source nobody knows any more.
func (e *executor) settle(ctx context.Context, volume lxd.VolumeID, tell tell) error {
	return migrate.Settle(ctx, e.client, volume, e.migration(e.server, tell))
}

// migration is how volumes are migrated: told of and tried again as other steps are.
func (e *executor) migration(source *server, tell tell) migrate.Options {
	pauses := retries{tell: tell} // what the servers do of it goes on, also when the run is stopped
	return migrate.Options{
		Progress: func(text string) { tell(Progress, howFar(text), nil) },
		Retry: func(ctx context.Context, err error) error {
			var lost *lxd.UnreachableError
			if errors.As(err, &lost) && lost.Address == source.client.Address() {
				return pauses.wait(ctx, source.outage, err)
			}
			return pauses.wait(ctx, e.outage, err)
		},
	}
}

// await waits until the server has carried out what it accepted. A connection that breaks while waiting is not the end
// of the operation, so the wait is taken up again.
func (e *executor) await(ctx context.Context, op *lxd.Operation, err error, tell tell) error {
	if err != nil {
		return err
	}
	return retry(ctx, retries{tell: tell}, e.outage, unreachable, func(bool) error {
		return op.Wait(ctx, func(text string) { tell(Progress, howFar(text), nil) })
	})
}

var namedAmount = lazyregexp.New(`\S+: [0-9.]+(?:[kMGTPE]?B|%)`)

// howFar is what a server says of a long operation without the name that it has for the volume: "default_pg: 1.20GB
// (310.11MB/s)".
func howFar(text string) string {
	if amount := namedAmount().FindStringIndex(text); amount != nil { // also behind what tarn says itself
		name := text[amount[0] : amount[0]+strings.Index(text[amount[0]:], ": ")+2]
		return strings.Replace(text, name, "", 1)
	}
	if name, rest, ok := strings.Cut(text, ": "); ok && !strings.Contains(name, " ") {
		return rest
	}
	return text
}
