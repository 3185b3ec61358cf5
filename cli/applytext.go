package cli

import (
	"errors"
	"fmt"
	"io"
	"time"

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

	progress progress
	ended    chan struct{} // closed when the last step has ended
	waiting  bool          // it has been written that the server gives no answer
}

// nextLine is for how long a step lasts without a bar until a line says so, and then until the next one does.
const nextLine = 10 * time.Second

// newTextReporter is for a plan. total gives how many bytes a step is about, 0 for what is not known; it may be nil.
func (a *app) newTextReporter(plan *plan.Plan, total func(*plan.Step) int64) *textReporter {
	r := &textReporter{app: a, out: a.text(), opts: a.textOptions(), ended: make(chan struct{})}
	r.progress.all, r.progress.total = len(plan.Steps), total
	if isTerminal(a.Stdout) && a.getenv("TERM") != "dumb" && !a.debug {
		r.drawOn(a.Stdout)
	} else {
		go r.tellLasting()
	}
	return r
}

// drawOn has the bar drawn on the terminal that the standard output is, below what is written there.
func (r *textReporter) drawOn(terminal io.Writer) {
	size := r.app.text().size
	r.bars = mpb.New(mpb.WithConsoleWriter(newBarWriter(terminal, size)))
	r.out = r.app.text().through(r.bars)
	r.app.tellAbove(r.notice)
	r.bar = r.bars.New(int64(r.progress.all), mpb.NopStyle(), mpb.BarRemoveOnComplete(), mpb.PrependDecorators(
		decor.Any(func(decor.Statistics) string {
			columns, _ := size()
			return r.progress.line(columns-1, r.opts) // some terminals begin a new line when the last column is taken
		})))
}

// tellLasting writes lines about steps that last, until the last one has ended.
func (r *textReporter) tellLasting() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-r.ended:
			return
		case <-tick.C:
			for _, line := range r.progress.lasting(nextLine, r.opts) {
				fmt.Fprintln(r.out, line)
			}
		}
	}
}

// event takes one event of the applier.
func (r *textReporter) event(e applier.Event) {
	done := "done"
	switch e.Kind {
	case applier.Started:
		r.progress.start(e.Step)
	case applier.Progress:
		r.progress.says(e.Step, e.Text)
	case applier.Done, applier.Failed, applier.Skipped:
		if took := r.progress.end(e.Step); took >= nextLine {
			done += " in " + elapsed(took)
		}
	}

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
		fmt.Fprintf(r.out, "%s: %s\n", line, done)
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

// applied writes how the steps ended, once all is drawn.
func (r *textReporter) applied(c counts) {
	a := r.app
	summary := c.String()
	close(r.ended)
	if r.bars != nil {
		r.app.tellAbove(nil)
		r.bar.Abort(true) // when a server was given up some steps never end
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
