package lxd

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// growing gives pauses that double from first to longest. Each is up to half as much more or less, so that clients which wait
// for the same do not all come back at once.
func growing(first, longest time.Duration) *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{InitialInterval: first, RandomizationFactor: 0.5, Multiplier: 2, MaxInterval: longest}
}

// sleep waits, unless ctx ends before.
func sleep(ctx context.Context, pause time.Duration) error {
	select {
	case <-time.After(pause):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
