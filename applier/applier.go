// Package applier carries out a plan on a server.
//
// A [plan.Plan] and a client go in; events come out while it runs, and a [Report] at the end. Steps run as soon as the
// steps they need are done, some at a time. Before each write the object is read again: what has changed since the plan
// was made is not overwritten, and what is already as wanted is not written. A failed step stops only the steps that need
// it. The package decides nothing that the plan does not say, and never prints.
//
// This file is what others see. run.go has the order of the steps, execute.go what one step does, with pool.go and volume.go
// for the requests and attributes.go for what is compared before them; retry.go decides what is tried again, and outage.go how
// long.
package applier

import (
	"context"
	"errors"
	"time"

	"tarn/lxd"
	"tarn/planner/plan"
)

// Options are how a plan is carried out.
type Options struct {
	Parallelism int           // steps at a time, 4 when 0
	Backoff     time.Duration // about how long before the first retry of a fault that may pass, then twice that and so on; 200 ms when 0
	OutageLimit time.Duration // for how long a server that gives no answer is asked again, by all steps together; 25 s when 0

	// Stop, once closed, keeps further steps from starting. Those that run are finished, but none is begun anew after a fault that
	// may pass. To break these off too, cancel the context.
	Stop <-chan struct{}

	// LeaveOut are steps that are not carried out, by number, with why. What needs one of them has to be among them.
	LeaveOut map[int]string

	// Remotes are the clients of other servers that volumes come from, by their names.
	Remotes map[string]*lxd.Client

	// Events is told what happens, one event at a time. It may be nil.
	Events func(Event)
}

// Event is one thing that happened to a step.
type Event struct {
	Step *plan.Step
	Kind Kind
	Text string // Progress: the server's words
	Err  error  // Failed, Retried: why

	fault *Fault // Failed, for the run alone
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
	GaveUp   error // a [GaveUpError], when the run ended early because the server gave no answer; nil otherwise
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

func oneLine(err error) string { return lxd.PlainLine(err.Error()) }

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

// LeftOutError says that a step was not carried out because [Options] leave it out.
type LeftOutError struct{ Why string }

func (e *LeftOutError) Error() string { return "left out: " + e.Why }

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
	if opts.OutageLimit <= 0 {
		opts.OutageLimit = outageLimit
	}
	if len(plan.Blockers) > 0 {
		return skipAll(plan, ErrBlocked)
	}
	remotes := map[string]*server{}
	for remote, client := range opts.Remotes {
		remotes[remote] = newServer(client, opts)
	}
	r := &run{
		ctx:      ctx,
		opts:     opts,
		executor: &executor{server: newServer(client, opts), remotes: remotes, stop: opts.Stop},
		steps:    plan.Steps,
		missing:  make([]int, len(plan.Steps)),
		neededBy: make([][]int, len(plan.Steps)),
		outcomes: make([]Outcome, len(plan.Steps)),
		events:   make(chan Event),
	}
	r.executor.expect(plan)
	return r.run()
}

// skipAll is the report of a run that starts no step.
func skipAll(plan *plan.Plan, why error) *Report {
	report := &Report{}
	for i := range plan.Steps {
		report.Outcomes = append(report.Outcomes, Outcome{Step: &plan.Steps[i], Kind: Skipped, Err: why})
	}
	return report
}
