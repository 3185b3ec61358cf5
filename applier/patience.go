package applier

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"tarn/lxd"
)

// patienceLimit is how long a run goes on asking a server that gives no answer, all steps together.
const patienceLimit = 25 * time.Second

// patience is what a run has with one server, whichever of its steps ask it. It begins to run out with the first fault
// that may pass, and is whole again when the server has done something that it was asked.
type patience struct {
	limit   time.Duration
	backoff time.Duration // the first pause, doubled each time

	mu     sync.Mutex
	since  time.Time // the first fault after the last success
	faults int       // since then
	gone   error     // why it has run out
}

// GoneError says that a server gave no answer for so long that the run gave up.
type GoneError struct {
	After time.Duration
	Err   error // the last fault
}

func (e *GoneError) Error() string {
	return fmt.Sprintf("%v; gave up after %.0f s", e.Err, e.After.Seconds())
}

func (e *GoneError) Unwrap() error { return e.Err }

// wait takes note of a fault that may pass and pauses, or says that it is enough.
func (p *patience) wait(ctx context.Context, err error) error {
	p.mu.Lock()
	now := time.Now()
	if p.since.IsZero() {
		p.since = now
	}
	if p.gone == nil && now.Sub(p.since) > p.limit {
		p.gone = &GoneError{After: now.Sub(p.since), Err: err}
	}
	gone := p.gone
	pause := p.backoff << min(p.faults, 4)
	p.faults++
	p.mu.Unlock()
	if gone != nil {
		return gone
	}
	pause += rand.N(pause/2 + 1) // those that wait at the same time do not all come back at once
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(pause):
		return nil
	}
}

// worked takes note of something that the server has done.
func (p *patience) worked() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.gone == nil {
		p.since, p.faults = time.Time{}, 0
	}
}

// lost is why the server counts as gone, nil when it does not.
func (p *patience) lost() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.gone
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
