package cli

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// A program that is told to end finishes the file that it writes, begins no other, and waits for a disk no longer than it should.
func TestEndWaitsForFile(t *testing.T) {
	for takes, want := range map[time.Duration][]string{
		endsWithin / 2: {"written", "told", "ended"},
		time.Hour:      {"ended", "written", "told"},
	} {
		synctest.Test(t, func(t *testing.T) {
			i := newInterrupts()
			var happened []string
			go i.whole(func() error {
				time.Sleep(takes)
				happened = append(happened, "written")
				return nil
			})
			synctest.Wait()
			i.lastly(func() { happened = append(happened, "told") })
			happened = append(happened, "ended")
			time.Sleep(2 * time.Hour)
			if !slices.Equal(happened, want) {
				t.Errorf("%q, want %q", happened, want)
			}
		})
	}
}

// What has been told to end, and does not, is left alone after a while.
func TestEndSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &app{interrupts: newInterrupts()}
		ctx, end := a.cancellable(t.Context())
		defer end()
		start := time.Now()
		a.interrupts.next()
		<-a.interrupts.abort
		if took := time.Since(start); took != endsWithin || ctx.Err() == nil {
			t.Errorf("it ended after %v: %v", took, ctx.Err())
		}
	})
}
