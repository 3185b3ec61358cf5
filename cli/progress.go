package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/mattn/go-runewidth"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"tarn/applier"
	"tarn/planner"
)

// progress shows how an apply goes: a line for each step that ends and, on a terminal, a bar below them with what runs.
type progress struct {
	out    io.Writer
	colour bool
	bars   *mpb.Progress // nil when there is no terminal
	bar    *mpb.Bar

	mu      sync.Mutex // the bar is drawn by a goroutine of its own
	running []*planner.Step
	words   map[int]string // what the server says of a running step, by number
	room    int            // columns for what runs
}

func (a *app) newProgress(plan *planner.Plan) *progress {
	p := &progress{out: a.Stdout, colour: a.colourOn(a.Stdout), words: map[int]string{}}
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
	case applier.Progress:
		p.words[e.Step.Number] = e.Text
	case applier.Done, applier.Failed, applier.Skipped:
		p.running = slices.DeleteFunc(p.running, func(s *planner.Step) bool { return s == e.Step })
		delete(p.words, e.Step.Number)
	}
	p.mu.Unlock()

	line := e.Step.Line(p.colour)
	switch e.Kind {
	case applier.Done:
		fmt.Fprintf(p.out, "%s: done\n", line)
	case applier.Failed:
		fmt.Fprintf(p.out, "%s: failed: %s\n", line, oneLine(e.Err))
	case applier.Skipped:
		if !errors.Is(e.Err, applier.ErrStopped) { // these are counted at the end
			fmt.Fprintf(p.out, "%s: skipped: %v\n", line, e.Err)
		}
	case applier.Retried:
		fmt.Fprintf(p.out, "%s: trying again: %s\n", line, oneLine(e.Err))
	default:
		return
	}
	if p.bar != nil && e.Kind != applier.Retried {
		p.bar.Increment()
	}
}

// say writes a line for people above the bar.
func (p *progress) say(text string) { fmt.Fprintln(p.out, text) }

// oneLine is an error's text without anything that would disturb the lines around it: servers put whole outputs of other
// programs into theirs.
func oneLine(err error) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, err.Error())
}

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

// close waits until all is drawn.
func (p *progress) close() {
	if p.bars != nil {
		p.bars.Wait()
	}
}
