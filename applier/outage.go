package applier

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"tarn/lxd"
)

// outageLimit is how long a run goes on asking a server that gives no answer, all steps together.
const outageLimit = 25 * time.Second

// outage is the time in which one server does not do what it is asked, whichever of the steps ask. It begins with the first
// fault that may pass, and ends when the server has carried something out. The steps share their pauses, so that a server that
// has trouble is not asked the more often the more steps there are.
type outage struct {
	limit time.Duration

	mu     sync.Mutex
	pauses *backoff.ExponentialBackOff // is not safe for use by several
	since  time.Time                   // the first fault, zero when there is no outage
	err    error                       // why the run has given up
}

// newOutage is one that has not begun. first is about how long the first pause is; the longest is 16 times that.
func newOutage(limit, first time.Duration) *outage {
	pauses := &backoff.ExponentialBackOff{
		InitialInterval: first, Multiplier: 2, MaxInterval: 16 * first,
		RandomizationFactor: 0.5, // those that wait at the same time do not all come back at once
	}
	return &outage{limit: limit, pauses: pauses}
}

// GaveUpError says that a server gave no answer for so long that the run gave up.
type GaveUpError struct {
	After time.Duration
	Err   error // the last fault
}

func (e *GaveUpError) Error() string {
	return fmt.Sprintf("%v; gave up after %.0f s", e.Err, e.After.Seconds())
}

func (e *GaveUpError) Unwrap() error { return e.Err }

// next takes note of a fault that may pass. It gives the pause before the next try, or says that the outage has lasted too
// long.
func (o *outage) next(fault error) (time.Duration, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	if o.since.IsZero() {
		o.since = now
		var silent *lxd.SilentError
		if errors.As(fault, &silent) { // it began then
			o.since = now.Add(-silent.After)
		}
	}
	if lasted := now.Sub(o.since); o.err == nil && lasted > o.limit {
		o.err = &GaveUpError{After: lasted, Err: fault}
	}
	return o.pauses.NextBackOff(), o.err
}

// end takes note of something that the server has carried out.
func (o *outage) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.since = time.Time{}
	o.pauses.Reset()
}

// gaveUp is why the run has given up on the server, nil when it has not.
func (o *outage) gaveUp() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}
