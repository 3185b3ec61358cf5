package cli

import (
	"context"
	"errors"
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

// stoppable is for work that should not break off in the middle: the first interrupt says so and closes stop, the second
// cancels the context.
func (a *app) stoppable(ctx context.Context, say func(string)) (_ context.Context, stop <-chan struct{}, done context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stopping := make(chan struct{})
	go func() {
		select {
		case <-a.Interrupts:
			say("Stopping when the running steps are finished. Ctrl-C again leaves at once.")
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
