package cli

import (
	"context"
	"errors"
	"fmt"
)

var errInterrupted = errors.New("interrupted")

// cancellable is a context that the first interrupt cancels.
func (a *app) cancellable(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case <-a.Interrupts:
			cancel(errInterrupted)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(context.Canceled) }
}

// stoppable is for work that should not break off in the middle: the first interrupt closes stop, the second cancels the
// context.
func (a *app) stoppable(ctx context.Context) (_ context.Context, stop <-chan struct{}, done context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stopping := make(chan struct{})
	go func() {
		select {
		case <-a.Interrupts:
			fmt.Fprintln(a.Stderr, "tarn: stopping: running steps are finished, no further one is started. Interrupt again to leave at once.")
			close(stopping)
		case <-ctx.Done():
			return
		}
		select {
		case <-a.Interrupts:
			cancel(errInterrupted)
		case <-ctx.Done():
		}
	}()
	return ctx, stopping, func() { cancel(context.Canceled) }
}
