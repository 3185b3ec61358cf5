package cli

import (
	"testing"
	"time"
)

func TestElapsed(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                       "0.0 s",
		440 * time.Millisecond:  "0.4 s",
		9400 * time.Millisecond: "9.4 s",
		12 * time.Second:        "12 s",
		185 * time.Second:       "3 min 5 s",
		3 * time.Hour:           "180 min 0 s",
	} {
		if got := elapsed(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}
