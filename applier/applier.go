// Package applier carries out a plan on a server.
//
// A [plan.Plan] and a client go in; events come out while it runs, and a [Report] at the end. Steps run as soon as the
// steps they need are done, some at a time. Before each write the object is read again: what has changed since the plan
// was made is not overwritten, and what is already as wanted is not written. A failed step stops only the steps that need
// it. The package decides nothing that the plan does not say, and never prints.
package applier

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"tarn/lxd"
	"tarn/planner/plan"
)

// Options are how a plan is carried out.
type Options struct {
	Parallelism int           // steps at a time, 4 when 0
	Backoff     time.Duration // before a step is tried again after a passing fault, doubled each time; 200 ms when 0
	Patience    time.Duration // for a server that gives no answer, all steps together; 25 s when 0

	// Stop, once closed, keeps further steps from starting. Those that run are finished. To break these off too, cancel
	// the context.
	Stop <-chan struct{}

	// Sources are the clients of other servers that volumes come from, by the remotes' names.
	Sources map[string]*lxd.Client

	// Events is told what happens, one event at a time. It may be nil.
	Events func(Event)
}

// Event is one thing that happened to a step.
type Event struct {
	Step *plan.Step
	Kind Kind
	Text string // Progress: the server's words
	Err  error  // Failed, Retried: why
}

// Kind says what happened.
type Kind int

const (
	Started  Kind = iota
	Progress      // a long operation got further
	Retried       // a passing fault; the step is tried again
	Done
	Failed
	Skipped // it needs a step that failed, or the run was stopped
)

func (k Kind) String() string {
	return [...]string{"started", "progress", "retried", "done", "failed", "skipped"}[k]
}

// Report is how each step ended: Done, Failed or Skipped, by its number.
type Report struct {
	Outcomes []Outcome
	Stopped  bool  // Stop or the context ended the run early
	Gone     error // why the server counts as gone, which ended the run early; nil when it does not
}

// Outcome is the end of one step.
type Outcome struct {
	Step *plan.Step
	Kind Kind
	Err  error // why it failed or was skipped
}

// Why is the error in one line: servers put whole outputs of other programs into theirs.
func (o Outcome) Why() string { return oneLine(o.Err) }

// Why is the error in one line.
func (e Event) Why() string { return oneLine(e.Err) }

func oneLine(err error) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, err.Error())
}

// Count is how many steps ended so.
func (r *Report) Count(kind Kind) int {
	n := 0
	for _, outcome := range r.Outcomes {
		if outcome.Kind == kind {
			n++
		}
	}
	return n
}

// ErrStopped says that a step was not started because the run had been stopped.
var ErrStopped = errors.New("the run was stopped")

// ErrBlocked says that a plan has blockers, so that none of its steps was started.
var ErrBlocked = errors.New("the plan is blocked")

// Apply carries out a plan. The report covers every step. Of a plan that is blocked nothing is carried out.
func Apply(ctx context.Context, client *lxd.Client, plan *plan.Plan, opts Options) *Report {
	if opts.Parallelism <= 0 {
		opts.Parallelism = 4
	}
	if opts.Backoff <= 0 {
		opts.Backoff = 200 * time.Millisecond
	}
	if opts.Patience <= 0 {
		opts.Patience = patienceLimit
	}
	if len(plan.Blockers) > 0 {
		return skip(plan, ErrBlocked)
	}
	server := &patience{limit: opts.Patience, backoff: opts.Backoff}
	sources := map[string]*source{}
	for remote, client := range opts.Sources {
		sources[remote] = &source{client, &patience{limit: opts.Patience, backoff: opts.Backoff}}
	}
	r := &run{
		ctx:      ctx,
		opts:     opts,
		executor: &executor{client: client, patience: server, sources: sources},
		steps:    plan.Steps,
		missing:  make([]int, len(plan.Steps)),
		neededBy: make([][]int, len(plan.Steps)),
		outcomes: make([]Outcome, len(plan.Steps)),
		events:   make(chan Event),
	}
	return r.run()
}

// skip is the report of a run that starts no step.
func skip(plan *plan.Plan, why error) *Report {
	report := &Report{}
	for i := range plan.Steps {
		report.Outcomes = append(report.Outcomes, Outcome{Step: &plan.Steps[i], Kind: Skipped, Err: why})
	}
	return report
}

// run is one execution of a plan. Its fields belong to the goroutine of run(); workers talk to it through events.
type run struct {
	ctx      context.Context
	opts     Options
	executor *executor
	steps    []plan.Step
	missing  []int   // how many needed steps are not done yet, by index
	neededBy [][]int // indices of the steps that need this one
	outcomes []Outcome
	events   chan Event
	ready    []int // indices in order of number
	running  int
}

func (r *run) run() *Report {
	for i := range r.steps {
		r.missing[i] = len(r.steps[i].Needs)
		for _, number := range r.steps[i].Needs {
			r.neededBy[number-1] = append(r.neededBy[number-1], i)
		}
		if r.missing[i] == 0 {
			r.ready = append(r.ready, i)
		}
	}
	stop, done := r.opts.Stop, r.ctx.Done()
	stopped := false
	for {
		for !stopped && r.executor.patience.lost() == nil && r.running < r.opts.Parallelism && len(r.ready) > 0 {
			next := r.ready[0]
			r.ready = r.ready[1:]
			r.start(next)
		}
		if r.running == 0 {
			break
		}
		select {
		case event := <-r.events:
			r.handle(event)
		case <-stop:
			stopped, stop = true, nil
		case <-done:
			stopped, done = true, nil
		}
	}
	why := cmp.Or(r.executor.patience.lost(), ErrStopped)
	for i := range r.steps {
		if r.outcomes[i].Step == nil {
			r.end(i, Skipped, why)
		}
	}
	return &Report{Outcomes: r.outcomes, Stopped: stopped, Gone: r.executor.patience.lost()}
}

func (r *run) start(i int) {
	step := &r.steps[i]
	r.running++
	r.tell(Event{Step: step, Kind: Started})
	go func() {
		err := r.executor.do(r.ctx, step.Action, func(kind Kind, text string, err error) {
			r.events <- Event{Step: step, Kind: kind, Text: text, Err: err}
		})
		if err != nil {
			r.events <- Event{Step: step, Kind: Failed, Err: err}
		} else {
			r.events <- Event{Step: step, Kind: Done}
		}
	}()
}

func (r *run) handle(event Event) {
	i := event.Step.Number - 1
	switch event.Kind {
	case Done:
		r.running--
		r.end(i, Done, nil)
		for _, next := range r.neededBy[i] {
			if r.missing[next]--; r.missing[next] == 0 && r.outcomes[next].Step == nil {
				r.enqueue(next)
			}
		}
	case Failed:
		r.running--
		r.end(i, Failed, event.Err)
		r.skipAfter(i, event.Step.Number)
	default:
		r.tell(event)
	}
}

// enqueue keeps the ready steps in order of number, so that what a person watches goes from top to bottom.
func (r *run) enqueue(i int) {
	at := len(r.ready)
	for at > 0 && r.ready[at-1] > i {
		at--
	}
	r.ready = append(r.ready, 0)
	copy(r.ready[at+1:], r.ready[at:])
	r.ready[at] = i
}

// skipAfter skips all that needs a step that will not be done.
func (r *run) skipAfter(i, failed int) {
	for _, next := range r.neededBy[i] {
		if r.outcomes[next].Step == nil {
			r.end(next, Skipped, fmt.Errorf("it needs step %d, which failed", failed))
			r.skipAfter(next, failed)
		}
	}
}

func (r *run) end(i int, kind Kind, err error) {
	r.outcomes[i] = Outcome{Step: &r.steps[i], Kind: kind, Err: err}
	r.tell(Event{Step: &r.steps[i], Kind: kind, Err: err})
}

func (r *run) tell(event Event) {
	if r.opts.Events != nil {
		r.opts.Events(event)
	}
}
