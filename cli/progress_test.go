package cli

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tarn/applier"
	"tarn/cli/lines"
	"tarn/planner/plan"
)

func TestParseAmount(t *testing.T) {
	for words, want := range map[string]amount{
		"1.20GB (310.11MB/s)": {1_200_000_000, 310_110_000, -1},
		"512B (12B/s)":        {512, 12, -1},
		"7.50kB":              {7500, 0, -1},
		"45% (10.00MB/s)":     {0, 10_000_000, 45},
	} {
		if got, ok := parseAmount(words); !ok || got != want {
			t.Errorf("%q: %+v, %v", words, got, ok)
		}
	}
	for _, words := range []string{"", "waiting for another move", "1.2.3XB", "999999999999999999999999EB (1B/s) and more"} {
		if got, ok := parseAmount(words); ok {
			t.Errorf("%q: %+v", words, got)
		}
	}
}

// moving is a plan that moves a volume of 500 MB, then does something else.
func moving() *plan.Plan {
	from, to := volumeID("video"), volumeID("video")
	from.Pool, to.Pool = "slow", "fast"
	return &plan.Plan{Steps: []plan.Step{
		{Number: 1, Action: plan.MoveVolume{Volume: from, To: to}},
		{Number: 2, Action: plan.CreateVolume{Volume: volumeID("other")}},
	}}
}

// The figures of what runs are never cut, whatever the width; what is more than the width is never written.
func TestProgressLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := moving()
		running := progress{all: 2, total: func(*plan.Step) int64 { return 500_000_000 }}
		running.start(&p.Steps[0])
		running.start(&p.Steps[1])
		time.Sleep(12 * time.Second)
		running.says(&p.Steps[0], "201.11MB (24.50MB/s)")
		for width, want := range map[int]string{
			10:  "0/2 12 s",
			24:  "0/2 192 of 477 MiB, 12 s",
			40:  "0/2 192 of 477 MiB, 23 MiB/s, 12 s",
			60:  "0/2 move volume … 192 of 477 MiB, 23 MiB/s, 12 s, and 1 more",
			80:  "0/2 move volume slow/video → fast/vi… 192 of 477 MiB, 23 MiB/s, 12 s, and 1 more",
			120: "0/2 move volume slow/video → fast/video [########............] 192 of 477 MiB, 23 MiB/s, 12 s, and 1 more",
		} {
			got := running.line(width, plan.TextOptions{})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%d columns: %s", width, diff)
			}
		}
		for width := range 200 {
			if got := running.line(width, plan.TextOptions{ASCII: width%2 == 0}); lines.Width(got) > width {
				t.Errorf("%d columns of %d: %q", lines.Width(got), width, got)
			}
		}
		running.says(&p.Steps[0], "600.00MB (24.50MB/s)") // more than it was said to hold
		running.end(&p.Steps[1])
		if got, want := running.line(100, plan.TextOptions{ASCII: true}), "1/2 move volume slow/video -> fast/video 572 MiB, 23 MiB/s, 12 s"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		running.says(&p.Steps[0], "waiting for \x1b[31manother")
		if got, want := running.line(100, plan.TextOptions{}), `1/2 move volume slow/video → fast/video waiting for \x1b[31manother, 12 s`; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		running.says(&p.Steps[0], "waiting for another run: 201.11MB (24.50MB/s)")
		if got, want := running.line(120, plan.TextOptions{}), "1/2 move volume slow/video → fast/video waiting for another run: 192 of 477 MiB, 23 MiB/s, 12 s"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		running.end(&p.Steps[0])
		if got := running.line(100, plan.TextOptions{}); got != "2/2" {
			t.Error(got)
		}
	})
}

// lockedBuffer may be written by several goroutines.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

// Without a terminal a step that lasts has a line every ten seconds, whether the server says something or not, and its end says how
// long it was.
func TestLinesOfStepsThatLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var stdout lockedBuffer
		a := &app{Process: Process{Stdout: &stdout, Stderr: &stdout}}
		p := moving()
		r := a.newTextReporter(p, func(step *plan.Step) int64 { return 500_000_000 })
		r.event(applier.Event{Step: &p.Steps[0], Kind: applier.Started})
		r.event(applier.Event{Step: &p.Steps[1], Kind: applier.Started})
		time.Sleep(3 * time.Second)
		r.event(applier.Event{Step: &p.Steps[1], Kind: applier.Done})
		time.Sleep(10 * time.Second)
		r.event(applier.Event{Step: &p.Steps[0], Kind: applier.Progress, Text: "200.00MB (20.00MB/s)"})
		time.Sleep(12 * time.Second)
		r.event(applier.Event{Step: &p.Steps[0], Kind: applier.Done})
		r.applied(counts{done: 2, took: 25 * time.Second})
		want := strings.TrimPrefix(`
  2 + create volume p/other: done
  1 > move volume slow/video → fast/video: 10 s so far
  1 > move volume slow/video → fast/video: 191 of 477 MiB, 19 MiB/s, 20 s so far
  1 > move volume slow/video → fast/video: done in 25 s

Applied: 2 done.`, "\n")
		if diff := cmp.Diff(want, stdout.buf.String()); diff != "" {
			t.Error(diff)
		}
	})
}
