package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"time"
)

var (
	errInterrupted = errors.New("interrupted")
	errNothingDone = errors.New("interrupted; nothing was done") // of a command that may change a server
	errStepsEnded  = fmt.Errorf("%w; what was done stays, and another apply goes on from there", errInterrupted)
	errStepsLeft   = errors.New("interrupted while steps were running, and the server may have finished them; what was done stays, and another apply goes on from there")
)

// endsWithin is how long a command has, once it was told to end, before the program ends without it: it may compute, or hang in a
// file or a terminal.
const endsWithin = time.Second

// interrupts decide what a signal to end does. Unless the command at work has said what, the program ends at once.
type interrupts struct {
	abort chan struct{} // closed when the program is to end at once
	once  sync.Once     // closes it

	mu     sync.Mutex
	next   func() // what the next signal does, nil to end at once
	paging bool   // a pager runs, which gets Ctrl-C too and knows what to do
	says   error  // what the program says when it ends at once

	writing chan struct{} // has a value while a file is replaced, and from the end of the program on
}

func newInterrupts() *interrupts {
	return &interrupts{abort: make(chan struct{}), says: errInterrupted, writing: make(chan struct{}, 1)}
}

// listen takes signals until it is done.
func (i *interrupts) listen(signals <-chan os.Signal, done <-chan struct{}) {
	for {
		select {
		case <-done:
			return
		case signal := <-signals:
			if signal == os.Interrupt && i.isPaging() {
				continue
			}
		}
		i.mu.Lock()
		next := i.next
		i.next = nil
		i.mu.Unlock()
		if next == nil {
			i.end()
			return
		}
		next()
	}
}

// end ends the program at once.
func (i *interrupts) end() { i.once.Do(func() { close(i.abort) }) }

// endSoon ends the program in a while, if it has not ended by itself.
func (i *interrupts) endSoon() { time.AfterFunc(endsWithin, i.end) }

// set says what the next signal does. The one after that ends the program at once, unless something else is set until then.
func (i *interrupts) set(next func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.next = next
}

// say sets what the program says when a signal ends it.
func (i *interrupts) say(err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.says = err
}

// said is what say has set last.
func (i *interrupts) said() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.says
}

// whole runs what leaves something half done beside a file when it is broken off. The end of the program waits for it.
func (i *interrupts) whole(write func() error) error {
	i.writing <- struct{}{}
	defer func() { <-i.writing }()
	return write()
}

// lastly runs what is done at the end of a program that was told to end, after what must not be broken off and in place of all that
// would begin then. It waits no longer for it than it should.
func (i *interrupts) lastly(run func()) {
	ended := make(chan struct{})
	go func() {
		i.writing <- struct{}{} // for good
		run()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(endsWithin): // nobody reads what it says, or a disk gives no answer
	}
}

func (i *interrupts) isPaging() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.paging
}

// page says what the next signal does while a pager runs, and gives what it would have done.
func (i *interrupts) page(next func()) (before func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	before = i.next
	i.next, i.paging = next, true
	return before
}

// endPage ends that.
func (i *interrupts) endPage(before func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.next, i.paging = before, false
}

// cancellable is a context that the first interrupt cancels. end ends that.
func (a *app) cancellable(ctx context.Context) (_ context.Context, end context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	a.interrupts.set(func() {
		cancel(a.interrupts.said())
		a.interrupts.endSoon()
	})
	return ctx, func() {
		a.interrupts.set(nil)
		cancel(context.Canceled)
	}
}

// stoppable is for work that should not break off in the middle: the first interrupt says so and closes stop, the second
// cancels the context. end ends that.
func (a *app) stoppable(ctx context.Context, notice func(string)) (_ context.Context, stop <-chan struct{}, end context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stopping, told := make(chan struct{}), make(chan struct{})
	a.interrupts.set(func() {
		a.interrupts.set(func() {
			cancel(errInterrupted)
			a.interrupts.endSoon()
		})
		close(stopping)
		go func() { // the next signal does not wait for who reads it
			defer close(told)
			notice("Stopping when the running steps are finished. Ctrl-C again leaves at once.")
		}()
	})
	return ctx, stopping, func() {
		a.interrupts.set(nil)
		cancel(context.Canceled)
		select {
		case <-stopping: // it stands before what is said next
			select {
			case <-told:
			case <-time.After(endsWithin / 10):
			}
		default:
		}
	}
}

// orInterrupted gives what compute gives, or why ctx has ended when that is sooner. compute goes on then, and nobody wants its
// result: it must not touch what others use. When it panics, so does orInterrupted.
func orInterrupted[T any](ctx context.Context, compute func() T) (T, error) {
	type result struct {
		value T
		fault *faultBeside
	}
	results := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if fault := recover(); fault != nil {
				r.fault = &faultBeside{fault, debug.Stack()}
			}
			results <- r
		}()
		r.value = compute()
	}()
	select {
	case r := <-results:
		if r.fault != nil {
			panic(r.fault)
		}
		return r.value, nil
	case <-ctx.Done():
		var none T
		return none, context.Cause(ctx)
	}
}
