package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mattn/go-runewidth"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"tarn/applier"
	"tarn/cli/paint"
	"tarn/lxd"
	"tarn/planner/plan"
)

// progress shows how an apply goes: a line for each step that ends and, on a terminal, a bar below them with what runs.
type progress struct {
	app     *app
	out     io.Writer
	painter paint.Painter
	bars    *mpb.Progress // nil when there is no terminal
	bar     *mpb.Bar

	mu      sync.Mutex // the bar is drawn by a goroutine of its own
	running []*plan.Step
	words   map[int]string    // what the server says of a running step, by number
	told    map[int]time.Time // without a bar: when something was last said of a running step
	began   map[int]time.Time
	lost    bool // the server gave no answer, which has been said
	room    int  // columns for what runs
}

// Without a terminal a step that lasts is told of when it has lasted for some seconds, and each so many seconds from then on.
const (
	tellFirst = 2 * time.Second
	tellAgain = 10 * time.Second
)

func (a *app) newProgress(plan *plan.Plan) *progress {
	p := &progress{app: a, out: a.Stdout, painter: a.painter(a.Stdout), words: map[int]string{}, told: map[int]time.Time{}, began: map[int]time.Time{}}
	if isTerminal(a.Stdout) && a.getenv("TERM") != "dumb" && !a.debug {
		p.bars = mpb.New(mpb.WithOutput(a.Stdout.(*os.File)), mpb.WithWidth(24))
		p.out = p.bars
		p.room = width(a.Stdout) - 24 - 2*len(fmt.Sprint(len(plan.Steps))) - 5
		p.bar = p.bars.AddBar(int64(len(plan.Steps)),
			mpb.BarRemoveOnComplete(),
			mpb.AppendDecorators(decor.CountersNoUnit(" %d/%d "), decor.Any(func(decor.Statistics) string { return p.doing() })),
		)
	}
	return p
}

// event takes one event of the applier.
func (p *progress) event(e applier.Event) {
	p.mu.Lock()
	switch e.Kind {
	case applier.Started:
		p.running = append(p.running, e.Step)
		p.began[e.Step.Number] = time.Now()
		p.told[e.Step.Number] = time.Now().Add(tellFirst - tellAgain)
	case applier.Progress:
		p.words[e.Step.Number] = e.Text
		if p.bars == nil && time.Since(p.told[e.Step.Number]) > tellAgain {
			p.told[e.Step.Number] = time.Now()
			fmt.Fprintf(p.out, "%s: %s, %s so far\n", e.Step.Line(p.painter), e.Text, elapsed(time.Since(p.began[e.Step.Number])))
		}
	case applier.Done, applier.Failed, applier.Skipped:
		p.running = slices.DeleteFunc(p.running, func(s *plan.Step) bool { return s == e.Step })
		delete(p.words, e.Step.Number)
	}
	p.mu.Unlock()

	line := e.Step.Line(p.painter)
	var gone *applier.GaveUpError
	var lost *lxd.UnreachableError
	switch {
	case errors.As(e.Err, &gone):
		return // said once, at the end
	case e.Kind == applier.Retried && errors.As(e.Err, &lost):
		if !p.lost {
			fmt.Fprintf(p.out, "%s: waiting for the server: %s\n", line, e.Why())
		}
		p.lost = true // for the other steps it is the same
		return
	case e.Kind == applier.Done:
		p.lost = false
	}
	switch e.Kind {
	case applier.Done:
		fmt.Fprintf(p.out, "%s: done\n", line)
	case applier.Failed:
		fmt.Fprintf(p.out, "%s: failed: %s\n", line, e.Why())
	case applier.Skipped:
		if !errors.Is(e.Err, applier.ErrStopped) { // these are counted at the end
			fmt.Fprintf(p.out, "%s: skipped: %v\n", line, e.Err)
		}
	case applier.Retried:
		fmt.Fprintf(p.out, "%s: trying again: %s\n", line, e.Why())
	default:
		return
	}
	if p.bar != nil && e.Kind != applier.Retried {
		p.bar.Increment()
	}
}

// say writes a line for people above the bar.
func (p *progress) say(text string) { fmt.Fprintln(p.out, text) }

// doing names the steps that run, with the server's words about the long ones.
func (p *progress) doing() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	titles := make([]string, len(p.running))
	for i, step := range p.running {
		titles[i] = step.Title()
		if words := p.words[step.Number]; words != "" {
			titles[i] += " (" + words + ")"
		}
	}
	// The bar comes first: what does not fit is cut here, or the line would push it out.
	return runewidth.Truncate(strings.Join(titles, ", "), max(0, p.room), "…")
}

// applied tells how the steps ended, once all is drawn.
func (p *progress) applied(t tally) {
	a := p.app
	summary := t.String()
	if p.bars != nil {
		p.bars.Wait()
		summary += " in " + elapsed(t.took)
	}
	fmt.Fprintf(a.Stdout, "\nApplied: %s.", summary)
	if t.finished() {
		return // the line goes on when the server has been read
	}
	fmt.Fprintln(a.Stdout)
	if t.gone != nil {
		fmt.Fprintf(a.Stderr, "tarn: %v\n", t.gone)
	}
	for _, outcome := range t.failures {
		fmt.Fprintf(a.Stderr, "tarn: step %d, %s: %s\n", outcome.Step.Number, outcome.Step.Title(), outcome.Why())
	}
	fmt.Fprintln(a.Stderr, "tarn: not finished; what was done stays, and another apply goes on from there")
}

// checked ends the line that applied began.
func (p *progress) checked(v verdict, err error) error {
	a := p.app
	switch {
	case err != nil:
		_, err := fmt.Fprintln(a.Stdout)
		return err
	case v.settled():
		_, err := fmt.Fprintf(a.Stdout, " Read again: %s.\n", v.fine)
		return err
	case v.rest == nil:
		return a.showFindings(" Read again, and this is not as the plan says:\n", v.findings)
	}
	fmt.Fprint(a.Stdout, " Read again, and this still differs:\n\n")
	opts := a.textOptions()
	opts.Drift = true
	return v.rest.WriteText(a.Stdout, opts)
}

// elapsed words a duration: 0.4 s, 12 s, 3 min 5 s.
func elapsed(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	seconds := int(d.Round(time.Second).Seconds())
	return fmt.Sprintf("%d min %d s", seconds/60, seconds%60)
}
