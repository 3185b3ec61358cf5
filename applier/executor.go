package applier

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tarn/lxd"
	"tarn/planner"
)

// executor carries out single actions. Every attempt begins with a look at the server, so that an attempt whose answer
// was lost is found done by the next one.
type executor struct {
	client  *lxd.Client
	sources map[string]*lxd.Client // other servers by their remotes' names
	backoff time.Duration          // before the second attempt; doubled for each further one
}

// attempts is how often a step is tried when faults are of the passing kind.
const attempts = 8

// tell reports what happens inside of a step.
type tell func(kind Kind, text string, err error)

func (e *executor) do(ctx context.Context, action planner.Action, tell tell) error {
	err := e.retry(ctx, tell, passing, func(again bool) error { return e.attempt(ctx, action, again, tell) })
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("broken off while it was running, and the server may have finished it: %w", err)
	}
	return err
}

// retry tries until it works, the fault is none that passes, or enough is enough. The pauses in between double.
func (e *executor) retry(ctx context.Context, tell tell, passing func(error) bool, try func(again bool) error) error {
	pause := e.backoff
	for n := 1; ; n++ {
		err := try(n > 1)
		if err == nil || n == attempts || !passing(err) || ctx.Err() != nil {
			return err
		}
		tell(Retried, "", err)
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause):
		}
		pause *= 2
	}
}

// passing tells whether trying again may help.
func passing(err error) bool {
	// The plan has been read from this server, so what hinders now is new: it restarts, and its socket may be gone meanwhile.
	return unreachable(err) || errors.Is(err, lxd.ErrTransient) || errors.Is(err, lxd.ErrPrecondition) || errors.Is(err, lxd.ErrOperationGone)
}

func unreachable(err error) bool {
	var unreachable *lxd.UnreachableError
	return errors.As(err, &unreachable)
}

// attempt tries an action once. again tells that it was tried before and may have been carried out.
func (e *executor) attempt(ctx context.Context, action planner.Action, again bool, tell tell) error {
	switch action := action.(type) {
	case planner.CreatePool:
		return e.createPool(ctx, action, again, tell)
	case planner.PatchPool:
		return e.patchPool(ctx, action, tell)
	case planner.DeletePool:
		return e.deletePool(ctx, action, tell)
	case planner.CreateVolume:
		return e.createVolume(ctx, action, again, tell)
	case planner.PatchVolume:
		return e.patchVolume(ctx, action, tell)
	case planner.RenameVolume:
		return e.relocate(ctx, action.Volume, action.To(), again, func() (*lxd.Operation, error) {
			return e.client.RenameVolume(ctx, action.Volume, action.Name)
		}, tell)
	case planner.MoveVolume:
		if action.Volume.Member != action.To.Member {
			return e.migrate(ctx, e.client, action.Volume, action.To, tell)
		}
		return e.relocate(ctx, action.Volume, action.To, again, func() (*lxd.Operation, error) {
			return e.client.MoveVolume(ctx, action.Volume, action.To)
		}, tell)
	case planner.MigrateVolume:
		return e.migrate(ctx, e.sources[action.Remote], action.Volume, action.To, tell)
	case planner.DeleteVolume:
		return e.deleteVolume(ctx, action, tell)
	}
	panic(fmt.Sprintf("applier: no way to carry out %T", action))
}

// finish waits until the server has carried out what it accepted. A connection that breaks while waiting is not the end
// of the operation, so the wait is taken up again. Without an operation and without an error there was nothing to do.
func (e *executor) finish(ctx context.Context, op *lxd.Operation, err error, tell tell) error {
	if err != nil || op == nil {
		return err
	}
	return e.retry(ctx, tell, unreachable, func(bool) error {
		return op.Wait(ctx, func(text string) { tell(Progress, text, nil) })
	})
}
