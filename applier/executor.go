package applier

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tarn/lxd"
	"tarn/lxd/migrate"
	"tarn/planner/plan"
)

// executor carries out single actions. Every attempt begins with a look at the server, so that an attempt whose answer
// was lost is found done by the next one.
type executor struct {
	client   *lxd.Client
	patience *patience
	sources  map[string]*source // other servers by their remotes' names
}

// source is another server that volumes come from.
type source struct {
	client   *lxd.Client
	patience *patience
}

// changedAttempts is how often a step is tried whose object changes under it each time.
const changedAttempts = 8

// tell reports what happens inside of a step.
type tell func(kind Kind, text string, err error)

func (e *executor) do(ctx context.Context, action plan.Action, tell tell) error {
	err := e.retry(ctx, tell, passing, func(again bool) error { return e.attempt(ctx, action, again, tell) })
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("broken off while it was running, and the server may have finished it: %w", err)
	}
	if err == nil {
		e.patience.worked()
	}
	return err
}

// retry tries until it works, the fault is none that passes, or patience runs out: the server's, or the step's own where
// others get on meanwhile.
func (e *executor) retry(ctx context.Context, tell tell, passing func(error) bool, try func(again bool) error) error {
	again := e.again(tell)
	for n := 1; ; n++ {
		err := try(n > 1)
		if err == nil || !passing(err) || ctx.Err() != nil {
			return err
		}
		changed := errors.Is(err, lxd.ErrPrecondition) || errors.Is(err, lxd.ErrOperationGone)
		if changed && n == changedAttempts {
			return err
		}
		if err := again(ctx, e.patience, err); err != nil {
			return err
		}
	}
}

// again gives the function that decides for one step whether it is tried again, after a pause.
func (e *executor) again(tell tell) func(context.Context, *patience, error) error {
	var first time.Time
	return func(ctx context.Context, server *patience, err error) error {
		if first.IsZero() {
			first = time.Now()
		}
		var gone *GoneError
		if errors.As(err, &gone) || time.Since(first) > 2*server.limit && server.lost() == nil {
			return err // others get on with the server meanwhile
		}
		if lost := server.lost(); lost == nil {
			tell(Retried, "", err)
		}
		return server.wait(ctx, err)
	}
}

// attempt tries an action once. again tells that it was tried before and may have been carried out.
func (e *executor) attempt(ctx context.Context, action plan.Action, again bool, tell tell) error {
	switch action := action.(type) {
	case plan.CreatePool:
		return e.createPool(ctx, action, again, tell)
	case plan.PatchPool:
		return e.patchPool(ctx, action, tell)
	case plan.DeletePool:
		return e.deletePool(ctx, action, tell)
	case plan.CreateVolume:
		return e.createVolume(ctx, action, again, tell)
	case plan.PatchVolume:
		return e.patchVolume(ctx, action, tell)
	case plan.RenameVolume:
		return e.rename(ctx, action, again, tell)
	case plan.MoveVolume:
		if action.Finish && action.Volume == action.To {
			return e.settle(ctx, action.To, tell)
		}
		return e.migrate(ctx, &source{e.client, e.patience}, action.Volume, action.To, tell)
	case plan.MigrateVolume:
		return e.migrate(ctx, e.sources[action.Remote], action.Volume, action.To, tell)
	case plan.DeleteVolume:
		return e.deleteVolume(ctx, action, tell)
	}
	panic(fmt.Sprintf("applier: no way to carry out %T", action))
}

// migrate brings a volume to another pool, project, member or server. What an attempt that broke off has left the next one
// goes on with.
func (e *executor) migrate(ctx context.Context, source *source, from, to lxd.VolumeID, tell tell) error {
	how := e.migration(source, tell)
	how.Move = true
	err := migrate.Volume(ctx, source.client, from, e.client, to, how)
	if errors.Is(err, migrate.ErrNoSource) {
		return vanished(err)
	}
	return err
}

// settle does what is left of a move whose source nobody knows any more.
func (e *executor) settle(ctx context.Context, volume lxd.VolumeID, tell tell) error {
	return migrate.Settle(ctx, e.client, volume, e.migration(&source{e.client, e.patience}, tell))
}

// migration is how volumes are migrated: as steps are told of and tried again.
func (e *executor) migration(source *source, tell tell) migrate.Options {
	again := e.again(tell)
	return migrate.Options{
		Progress: func(text string) { tell(Progress, howFar(text), nil) },
		Retry: func(ctx context.Context, err error) error {
			var lost *lxd.UnreachableError
			if errors.As(err, &lost) && lost.Address == source.client.Address() {
				return again(ctx, source.patience, err)
			}
			return again(ctx, e.patience, err)
		},
	}
}

// finish waits until the server has carried out what it accepted. A connection that breaks while waiting is not the end
// of the operation, so the wait is taken up again. Without an operation and without an error there was nothing to do.
func (e *executor) finish(ctx context.Context, op *lxd.Operation, err error, tell tell) error {
	if err != nil || op == nil {
		return err
	}
	return e.retry(ctx, tell, unreachable, func(bool) error {
		return op.Wait(ctx, func(text string) { tell(Progress, howFar(text), nil) })
	})
}
