package sim

import (
	"errors"
	"slices"
	"time"
)

// Phase is a part of a change: what it does at one instant.
type Phase string

// Phases, each named for what it leaves. Those of a copy are PhaseTarget and PhaseContent, of a move all but PhaseDone, of
// the deletion of a volume PhaseEmptied and PhaseRemoved; PhaseEnded is the last one of each.
const (
	PhaseTarget  Phase = "target created"   // it is listed with its config and snapshots, and has a part of its content
	PhaseContent Phase = "content complete" // of the target; of the sender of a migration: sent
	PhaseEmptied Phase = "volume emptied"   // it is listed, without its snapshots and its content
	PhaseRemoved Phase = "volume removed"
	PhaseDone    Phase = "done"  // of what happens at one instant
	PhaseEnded   Phase = "ended" // the operation is, or the request is answered
)

// job is what a change does, phase by phase.
type job struct {
	phases []phase
	undo   func() // takes back what has been done when a phase fails; nil for nothing
}

type phase struct {
	name Phase
	do   func() error
}

// onePhase is a job of one phase.
func onePhase(do func() error) job { return job{phases: []phase{{PhaseDone, do}}} }

// failWith makes a job fail as a fault says: one that can take back what it has done fails after its first phase, any other
// before it does anything.
func (j *job) failWith(text string) {
	done := 0
	if j.undo != nil {
		done = 1
	}
	j.phases = append(slices.Clone(j.phases[:done]), phase{PhaseEnded, func() error { return errors.New(text) }})
}

// change is a job that is under way.
type change struct {
	job
	id      string // of its operation
	request Request
	finish  func(error) // is told how it ended
	over    bool

	// When it is paused: what comes next, nil for nothing yet.
	next func()
	name Phase // of that
}

// advance does the next phase, and after the last, or when one fails, the end.
func (ch *change) advance() {
	if ch.over {
		return
	}
	var err error
	if len(ch.phases) > 0 {
		next := ch.phases[0]
		ch.phases = ch.phases[1:]
		if err = next.do(); err == nil {
			return
		}
		if ch.undo != nil {
			ch.undo()
		}
	}
	ch.over = true
	ch.finish(err)
}

// complete does all that is left.
func (ch *change) complete() {
	for !ch.over {
		ch.advance()
	}
}

// cancel has a change fail, unless it has come to a deletion, and tells whether it does.
func (ch *change) cancel() bool {
	if len(ch.phases) == 0 || ch.phases[0].name == PhaseEmptied || ch.phases[0].name == PhaseRemoved {
		return false
	}
	text := "context canceled"
	if ch.phases[0].name != PhaseDone {
		text = "Create custom volume from copy failed: [context canceled]"
	}
	ch.phases = []phase{{PhaseEnded, func() error { return serverError("%s", text) }}}
	return true
}

// makeChange makes a change and gives the answer to it: a server with the extension answers with an operation, in which do
// runs, any other with what do gives. do has to look again at what the caller has found: it may be gone by then.
func (s *Server) makeChange(c call, extension string, t task, do func() (reply, error)) (reply, error) {
	if !s.has(extension) {
		return do()
	}
	return s.startOperation(c, t, onePhase(func() error {
		_, err := do()
		return err
	}))
}

// makeChangeInPhases is makeChange for what a test may want to see half done. answer is that of a server without the
// extension.
func (s *Server) makeChangeInPhases(c call, extension string, t task, j job, answer func() (reply, error)) (reply, error) {
	if s.has(extension) {
		return s.startOperation(c, t, j)
	}
	var err error
	ended := make(chan struct{})
	ch := &change{job: j, id: newUUID(), request: c.asRequest(), finish: func(failed error) {
		err = failed
		close(ended)
	}}
	if s.pauses {
		s.pause(ch)
		s.mu.Unlock() // others go on meanwhile
		select {
		case <-ended:
		case <-c.life:
		}
		s.mu.Lock()
	} else {
		ch.complete()
	}
	if err != nil {
		return reply{}, err
	}
	return answer()
}

// startOperation does a job in the background and answers with the operation of it.
func (s *Server) startOperation(c call, t task, j job) (reply, error) {
	if s.product.EntitiesMustExist && t.missing != "" {
		return reply{}, serverError("Failed creating %q operation record: Failed fetching entity reference: No such entity %q", t.description, t.missing)
	}
	o := s.newOperation(c, t)
	o.change = &change{job: j, id: o.ID, request: c.asRequest(), finish: func(err error) { s.endOperation(o, err) }}
	s.runChange(c, o.change)
	return reply{operation: o}, nil
}

// runChange does what a change has to do: all of it before the answer, unless a fault makes it slow or changes are paused.
func (s *Server) runChange(c call, ch *change) {
	lasts := time.Duration(0)
	if c.fault != nil {
		lasts = c.fault.Lasts
		if c.fault.Operation != "" {
			ch.failWith(c.fault.Operation)
		}
	}
	switch {
	case s.pauses:
		s.pause(ch)
	case lasts > 0:
		if len(ch.phases) > 1 {
			ch.advance() // what is seen while it goes on
		}
		time.AfterFunc(lasts, func() { s.runLater(c.life, ch.complete) })
	default:
		ch.complete()
	}
}

// runLater does something that no request waits for, unless the server has been stopped or killed since life began.
func (s *Server) runLater(life life, do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if life.ended() {
		return
	}
	do()
	_ = s.save() // the next request says what is wrong, if it still is
}
