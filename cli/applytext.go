package cli

import (
	"errors"
	"fmt"
	"io"
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

// textReporter shows people how an apply goes: a line for each step that ends and, on a terminal, a bar below them with what runs.
type textReporter struct {
	app  *app
	out  io.Writer
	opts plan.TextOptions
	bars *mpb.Progress // nil when there is no terminal
	bar  *mpb.Bar

	mu      sync.Mutex // the bar is drawn by a goroutine of its own
	running []*plan.Step
	words   map[int]string    // what the server says of a running step, by number
	written map[int]time.Time // without a bar: when a line was last written about a running step
	began   map[int]time.Time
	waiting bool // it has been written that the server gives no answer
	columns int  // for what runs
}

// Without a terminal a step that lasts gets a line when it has lasted for some seconds, and each so many seconds from then on.
const (
	firstLine = 2 * time.Second
	nextLine  = 10 * time.Second
)

func (a *app) newTextReporter(plan *plan.Plan) *textReporter {
	r := &textReporter{app: a, out: a.text(), opts: a.textOptions(), words: map[int]string{}, written: map[int]time.Time{}, began: map[int]time.Time{}}
	if isTerminal(a.Stdout) && a.getenv("TERM") != "dumb" && !a.debug {
		r.bars = mpb.New(mpb.WithOutput(fileOf(a.Stdout)), mpb.WithWidth(24))
		r.out = a.text().through(r.bars)
		a.tellAbove(r.notice)
		r.columns = a.columns(a.Stdout) - 24 - 2*len(fmt.Sprint(len(plan.Steps))) - 5
		r.bar = r.bars.AddBar(int64(len(plan.Steps)),
			mpb.BarRemoveOnComplete(),
			mpb.AppendDecorators(decor.CountersNoUnit(" %d/%d "), decor.Any(func(decor.Statistics) string { return r.doing() })),
		)
	}
	return r
}

// event takes one event of the applier.
func (r *textReporter) event(e applier.Event) {
	r.mu.Lock()
	switch e.Kind {
	case applier.Started:
		r.running = append(r.running, e.Step)
		r.began[e.Step.Number] = time.Now()
		r.written[e.Step.Number] = time.Now().Add(firstLine - nextLine)
	case applier.Progress:
		r.words[e.Step.Number] = lxd.PlainLine(e.Text)
		if r.bars == nil && time.Since(r.written[e.Step.Number]) > nextLine {
			r.written[e.Step.Number] = time.Now()
			fmt.Fprintf(r.out, "%s: %s, %s so far\n", e.Step.Line(r.opts), r.words[e.Step.Number], elapsed(time.Since(r.began[e.Step.Number])))
		}
	case applier.Done, applier.Failed, applier.Skipped:
		r.running = slices.DeleteFunc(r.running, func(s *plan.Step) bool { return s == e.Step })
		delete(r.words, e.Step.Number)
	}
	r.mu.Unlock()

	line := e.Step.Line(r.opts)
	var gaveUp *applier.GaveUpError
	var unreachable *lxd.UnreachableError
	switch {
	case errors.As(e.Err, &gaveUp):
		return // said once, at the end
	case e.Kind == applier.Retried && errors.As(e.Err, &unreachable):
		if !r.waiting {
			fmt.Fprintf(r.out, "%s: waiting for the server: %s\n", line, e.Why())
		}
		r.waiting = true // for the other steps it is the same
		return
	case e.Kind == applier.Done:
		r.waiting = false
	}
	switch e.Kind {
	case applier.Done:
		fmt.Fprintf(r.out, "%s: done\n", line)
	case applier.Failed:
		fmt.Fprintf(r.out, "%s: %s: %s\n", line, r.opts.Painter.Paint(paint.Error, "failed"), e.Why())
	case applier.Skipped:
		var leftOut *applier.LeftOutError
		if errors.As(e.Err, &leftOut) {
			fmt.Fprintf(r.out, "%s: %v\n", line, leftOut)
		} else if !errors.Is(e.Err, applier.ErrStopped) { // these are counted at the end
			fmt.Fprintf(r.out, "%s: skipped: %s\n", line, e.Why())
		}
	case applier.Retried:
		fmt.Fprintf(r.out, "%s: trying again: %s\n", line, e.Why())
	default:
		return
	}
	if r.bar != nil && e.Kind != applier.Retried {
		r.bar.Increment()
	}
}

// notice writes a line for people above the bar.
func (r *textReporter) notice(text string) { fmt.Fprintln(r.out, text) }

// doing names the steps that run, with the server's words about the long ones.
func (r *textReporter) doing() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	titles := make([]string, len(r.running))
	for i, step := range r.running {
		titles[i] = step.Title()
		if words := r.words[step.Number]; words != "" {
			titles[i] += " (" + words + ")"
		}
	}
	// The bar comes first: what does not fit is cut here, or the line would push it out.
	return runewidth.Truncate(strings.Join(titles, ", "), max(0, r.columns), "…")
}

// applied writes how the steps ended, once all is drawn.
func (r *textReporter) applied(c counts) {
	a := r.app
	summary := c.String()
	if r.bars != nil {
		r.app.tellAbove(nil)
		r.bars.Wait()
		summary += " in " + elapsed(c.took)
	}
	fmt.Fprintf(a.text(), "\nApplied: %s.", summary)
	if c.finished() {
		a.text().flush()
		return // the line goes on when the server has been read
	}
	fmt.Fprintln(a.text())
	if c.gaveUp != nil {
		fmt.Fprintf(a.messages(), "tarn: %v\n", c.gaveUp)
	}
	failures := c.failures
	if a.sameStream() { // they stand above, with the steps
		failures = nil
	}
	for _, outcome := range failures {
		fmt.Fprintf(a.messages(), "tarn: step %d, %s: %s\n", outcome.Step.Number, outcome.Step.Title(), outcome.Why())
	}
	fmt.Fprintln(a.messages(), "tarn: not finished; what was done stays, and another apply goes on from there")
}

// checked ends the line that applied began.
func (r *textReporter) checked(result checkResult, err error) error {
	a := r.app
	switch {
	case err != nil:
		_, err := fmt.Fprintln(a.text())
		return err
	case result.converged():
		_, err := fmt.Fprintf(a.text(), " Read again: %s.\n", result.good)
		return err
	case result.rest == nil:
		return a.showFindings(" Read again, and this is not as the plan says:\n", result.findings)
	}
	fmt.Fprint(a.text(), " Read again, and this still differs:\n\n")
	opts := a.textOptions()
	opts.Drift = true
	return result.rest.WriteText(a.text().laidOut(), opts)
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
