package applier

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"

	"tarn/planner/plan"
)

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
	fault    *Fault // of a step
}

// Fault is a panic of a step, with which Apply panics itself: not before the steps that run beside it have ended.
type Fault struct {
	Recovered any
	Stack     []byte // where it was
}

func (r *run) run() *Report {
	for i := range r.steps {
		if why := r.opts.LeaveOut[r.steps[i].Number]; why != "" {
			r.end(i, Skipped, &LeftOutError{why})
		}
	}
	for i := range r.steps {
		r.missing[i] = len(r.steps[i].Needs)
		for _, number := range r.steps[i].Needs {
			r.neededBy[number-1] = append(r.neededBy[number-1], i)
		}
		if r.missing[i] == 0 && r.outcomes[i].Step == nil {
			r.ready = append(r.ready, i)
		}
	}
	stop, done := r.opts.Stop, r.ctx.Done()
	stopped := false
	for {
		stopped = stopped || r.fault != nil || r.stopped() // an event and the end of it all may have come at the same time
		for !stopped && r.executor.outage.gaveUp() == nil && r.running < r.opts.Parallelism && len(r.ready) > 0 {
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
	if r.fault != nil {
		panic(r.fault)
	}
	why := cmp.Or(r.executor.outage.gaveUp(), ErrStopped)
	for i := range r.steps {
		if r.outcomes[i].Step == nil {
			r.end(i, Skipped, why)
		}
	}
	return &Report{Outcomes: r.outcomes, Stopped: stopped, GaveUp: r.executor.outage.gaveUp()}
}

// stopped tells whether no further step is to start.
func (r *run) stopped() bool {
	select {
	case <-r.opts.Stop:
		return true
	case <-r.ctx.Done():
		return true
	default:
		return false
	}
}

func (r *run) start(i int) {
	step := &r.steps[i]
	r.running++
	r.tell(Event{Step: step, Kind: Started})
	go func() {
		defer func() {
			if recovered := recover(); recovered != nil {
				r.events <- Event{Step: step, Kind: Failed, fault: &Fault{recovered, debug.Stack()}}
			}
		}()
		err := r.executor.carryOut(r.ctx, step.Action, func(kind Kind, text string, err error) {
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
		if event.fault != nil {
			r.fault = event.fault
			return
		}
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
