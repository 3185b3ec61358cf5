package cli

import (
	"context"
	"errors"
	"os"
	"sync"
)

var errInterrupted = errors.New("interrupted")

// interrupts decide what a signal to end does. Unless the command at work has said what, the program ends at once.
type interrupts struct {
	abort chan struct{} // closed when the program is to end at once

	mu   sync.Mutex
	next func() // what the next signal does, nil to end at once
}

// listen takes signals until it is done.
func (i *interrupts) listen(signals <-chan os.Signal, done <-chan struct{}) {
	for {
		select {
		case <-done:
			return
		case <-signals:
		}
		i.mu.Lock()
		next := i.next
		i.next = nil
		i.mu.Unlock()
		if next == nil {
			close(i.abort)
			return
		}
		next()
	}
}

// set says what the next signal does. The one after that ends the program at once, unless something else is set until then.
func (i *interrupts) set(next func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.next = next
}

// cancellable is a context that the first interrupt cancels. end ends that.
func (a *app) cancellable(ctx context.Context) (_ context.Context, end context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	a.interrupts.set(func() { cancel(errInterrupted) })
	return ctx, func() {
		a.interrupts.set(nil)
		cancel(context.Canceled)
	}
}

// stoppable is for work that should not break off in the middle: the first interrupt says so and closes stop, the second
// cancels the context. end ends that.
func (a *app) stoppable(ctx context.Context, notice func(string)) (_ context.Context, stop <-chan struct{}, end context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stopping := make(chan struct{})
	a.interrupts.set(func() {
		a.interrupts.set(func() { cancel(errInterrupted) })
		close(stopping)
		notice("Stopping when the running steps are finished. Ctrl-C again leaves at once.")
	})
	return ctx, stopping, func() {
		a.interrupts.set(nil)
		cancel(context.Canceled)
	}
}
