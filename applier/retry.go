package applier

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tarn/lxd"
)

// maxChanged is how often a step is tried whose object changes under it each time.
const maxChanged = 8

// retry tries until it works, the fault is none that passes, or it has lasted too long: for the server, or for this step where
// others get on meanwhile. [backoff.Retry] cannot do that: it counts from the start of the first try, which may be hours before
// the first fault, and knows of no other steps.
func retry(ctx context.Context, pauses retries, outage *outage, passes func(error) bool, try func(retried bool) error) error {
	for n := 1; ; n++ {
		err := try(n > 1)
		if err == nil || !passes(err) || ctx.Err() != nil {
			return err
		}
		changed := errors.Is(err, lxd.ErrPrecondition) || errors.Is(err, lxd.ErrOperationGone)
		if changed && n == maxChanged {
			return err
		}
		if err := pauses.wait(ctx, outage, err); err != nil {
			return err
		}
	}
}

// retries are those of one step.
type retries struct {
	tell  tell
	stop  <-chan struct{} // once it is closed, nothing is tried again; nil for never
	first time.Time       // the first fault, zero before it
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
	select {
	case <-r.stop:
		return notRetried(fault)
	default:
	}
	r.tell(Retried, "", fault)
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-r.stop:
		return notRetried(fault)
	case <-time.After(pause):
		return nil
	}
}

// notRetried is the fault of a step that would have been tried again, had the run not been stopped.
func notRetried(fault error) error {
	return fmt.Errorf("%w; it was not tried again, as the run was stopped", fault)
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
