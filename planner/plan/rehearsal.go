package plan

import (
	"bufio"
	"fmt"
	"slices"

	"tarn/cli/lines"
	"tarn/cli/paint"
)

// Rehearsal is how a plan went on a simulated server that held what the real one holds.
type Rehearsal struct {
	Blocked  bool // the plan is, so that nothing was rehearsed
	Accepted int  // steps that the server took
	Refused  []Refusal
	Skipped  []Refusal // steps that need one that was refused
	Left     *Plan     // what planning again finds to do when all steps were taken, nil for nothing
	Notes    []string  // where the real server may decide otherwise
}

// Refusal is a step that was not carried out, and why.
type Refusal struct {
	Step *Step
	Why  string // in the server's words
}

// Passed tells that the server took all steps and nothing was left to do.
func (r *Rehearsal) Passed() bool {
	return !r.Blocked && len(r.Refused)+len(r.Skipped) == 0 && r.Left == nil
}

// String is the outcome in one line.
func (r *Rehearsal) String() string {
	text := fmt.Sprintf("%d %s accepted", r.Accepted, Plural(r.Accepted, "step"))
	switch {
	case r.Blocked:
		return "not rehearsed: nothing is done of a plan that is blocked"
	case len(r.Refused) > 0:
		text += fmt.Sprintf(", %d refused", len(r.Refused))
		if len(r.Skipped) > 0 {
			text += fmt.Sprintf(", %d not reached", len(r.Skipped))
		}
	case r.Left != nil:
		text += ", and this would be left to do:"
	default:
		text += ", nothing left to do"
	}
	return "rehearsed: " + text
}

// lines are what the text and Markdown have below the outcome, but for the steps that are left.
func (r *Rehearsal) lines() []string {
	var lines []string
	for _, refusal := range slices.SortedFunc(slices.Values(slices.Concat(r.Refused, r.Skipped)), func(a, b Refusal) int {
		return a.Step.Number - b.Step.Number
	}) {
		lines = append(lines, fmt.Sprintf("step %d, %s: %s", refusal.Step.Number, refusal.Step.Title(), refusal.Why))
	}
	return append(lines, r.Notes...)
}

func (r *Rehearsal) write(out *bufio.Writer, opts TextOptions) {
	outcome := r.String()
	if !r.Passed() {
		outcome = opts.Painter.Paint(paint.Destroys, outcome)
	}
	fmt.Fprintln(out, lines.Wrap(outcome, "", "  ", opts.Width))
	for _, line := range r.lines() {
		fmt.Fprintln(out, opts.prose(line, "  "))
	}
	if r.Left != nil {
		fmt.Fprintln(out)
		r.Left.writeSteps(out, opts)
		for _, blocker := range r.Left.Blockers {
			fmt.Fprintln(out, opts.prose(blocker.String(), "  "))
		}
	}
}

func (r *Rehearsal) writeMarkdown(out *limited) {
	fmt.Fprintf(out, "\n**%s**\n", r)
	lines := r.lines()
	if r.Left != nil {
		for i := range r.Left.Steps {
			lines = append(lines, r.Left.Steps[i].Title()+": "+r.Left.Steps[i].Reason)
		}
		for _, blocker := range r.Left.Blockers {
			lines = append(lines, blocker.String())
		}
	}
	out.list("", lines, "findings")
}

type jsonRehearsal struct {
	Passed   bool          `json:"passed"`
	Outcome  string        `json:"outcome"`  // passed, refused, left or blocked
	Accepted int           `json:"accepted"` // number of steps
	Refused  []jsonRefusal `json:"refused"`
	Skipped  []jsonRefusal `json:"skipped"` // they need one that was refused
	Left     []jsonStep    `json:"left"`    // what planning again would find
	Blockers []jsonBlocker `json:"blockers"`
	Notes    []string      `json:"notes"`
}

type jsonRefusal struct {
	Number int    `json:"number"` // of the step
	Why    string `json:"why"`
}

func (r *Rehearsal) json() *jsonRehearsal {
	if r == nil {
		return nil
	}
	out := &jsonRehearsal{
		Passed: r.Passed(), Outcome: "passed", Accepted: r.Accepted,
		Refused: refusalsJSON(r.Refused), Skipped: refusalsJSON(r.Skipped),
		Left: []jsonStep{}, Blockers: []jsonBlocker{}, Notes: append([]string{}, r.Notes...),
	}
	switch {
	case r.Blocked:
		out.Outcome = "blocked"
	case len(r.Refused) > 0:
		out.Outcome = "refused"
	case r.Left != nil:
		out.Outcome = "left"
		for i := range r.Left.Steps {
			out.Left = append(out.Left, r.Left.Steps[i].json())
		}
		out.Blockers = blockersJSON(r.Left.Blockers)
	}
	return out
}

func refusalsJSON(refusals []Refusal) []jsonRefusal {
	out := make([]jsonRefusal, len(refusals))
	for i, refusal := range refusals {
		out[i] = jsonRefusal{refusal.Step.Number, refusal.Why}
	}
	return out
}
