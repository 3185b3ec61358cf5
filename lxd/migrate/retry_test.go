package migrate

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// Without a Retry of the caller's, faults are put up with for half a minute.
func TestDefaultRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fault := errors.New("no answer")
		retry, start, tries := defaultRetry(), time.Now(), 0
		for {
			if err := retry(t.Context(), fault); err != nil {
				if !errors.Is(err, fault) {
					t.Errorf("gave up with %v", err)
				}
				break
			}
			tries++
		}
		if took := time.Since(start); took < retryLimit || took > retryLimit+3*time.Second || tries < 10 || tries > 60 {
			t.Errorf("gave up after %v and %d tries", took, tries)
		}

		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errors.ErrUnsupported)
		if err := defaultRetry()(ctx, fault); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("stopped: %v", err)
		}
	})
}
