package applier

import (
	"context"
	"errors"
	"time"

	"tarn/lxd"
)

// maxChanged is how often a step is tried whose object changes under it each time.
const maxChanged = 8

// retry tries until it works, the fault is none that passes, or it has lasted too long: for the server, or for this step where
// others get on meanwhile. [backoff.Retry] cannot do that: it counts from the start of the first try, which may be hours before
// the first fault, and knows of no other steps.
func (e *executor) retry(ctx context.Context, tell tell, passes func(error) bool, try func(retried bool) error) error {
	pauses := retries{tell: tell}
	for n := 1; ; n++ {
		err := try(n > 1)
		if err == nil || !passes(err) || ctx.Err() != nil {
			return err
		}
		changed := errors.Is(err, lxd.ErrPrecondition) || errors.Is(err, lxd.ErrOperationGone)
		if changed && n == maxChanged {
			return err
		}
		if err := pauses.wait(ctx, e.outage, err); err != nil {
			return err
		}
	}
}

// retries are those of one step.
type retries struct {
	tell  tell
	first time.Time // the first fault, zero before it
}

// wait decides after a fault that may pass: it pauses and gives nil when the step is to be tried again, or an error to give up
// with.
func (r *retries) wait(ctx context.Context, outage *outage, fault error) error {
	if r.first.IsZero() {
		r.first = time.Now()
	}
	var gaveUp *GaveUpError
	if errors.As(fault, &gaveUp) {
		return fault
	}
	pause, err := outage.next(fault)
	if err != nil {
		return err
	}
	if time.Since(r.first) > 2*outage.limit {
		return fault // others get on with the server meanwhile
	}
	r.tell(Retried, "", fault)
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(pause):
		return nil
	}
}

// passing tells whether trying again may help.
func passing(err error) bool {
	// The plan has been read from this server, so what hinders now is new: it restarts, and its socket may be missing meanwhile.
	return unreachable(err) || errors.Is(err, lxd.ErrTransient) || errors.Is(err, lxd.ErrPrecondition) || errors.Is(err, lxd.ErrOperationGone)
}

// passingError is a refusal that does not mean what it says, and passes.
type passingError struct{ error }

func (e passingError) Unwrap() error { return e.error }

func (e passingError) Is(target error) bool { return target == lxd.ErrTransient }

func unreachable(err error) bool {
	var unreachable *lxd.UnreachableError
	return errors.As(err, &unreachable)
}
