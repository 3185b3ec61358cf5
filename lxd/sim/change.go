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

// work is what a change does, phase by phase.
type work struct {
	phases []phase
	undo   func() // takes back what has been done when a phase fails; nil for nothing
}

type phase struct {
	name Phase
	do   func() error
}

// atOnce is work of one phase.
func atOnce(do func() error) work { return work{phases: []phase{{PhaseDone, do}}} }

// fails makes work fail as a fault wants it: late, when it takes back what it has done, otherwise before it does anything.
func (w *work) fails(text string) {
	done := 0
	if w.undo != nil {
		done = 1
	}
	w.phases = append(slices.Clone(w.phases[:done]), phase{PhaseEnded, func() error { return errors.New(text) }})
}

// change is one that is under way.
type change struct {
	work
	id      string // of its operation
	request Request
	finish  func(error) // is told how it ended
	over    bool

	// When it is let go on by hand: what comes next, nil for nothing yet.
	next func()
	name Phase // of that
}

// advance does the next phase, and after the last, or when one fails, the end.
func (u *change) advance() {
	if u.over {
		return
	}
	var err error
	if len(u.phases) > 0 {
		next := u.phases[0]
		u.phases = u.phases[1:]
		if err = next.do(); err == nil {
			return
		}
		if u.undo != nil {
			u.undo()
		}
	}
	u.over = true
	u.finish(err)
}

// complete does all that is left.
func (u *change) complete() {
	for !u.over {
		u.advance()
	}
}

// cancel has a change fail, unless it has come to a deletion, and tells whether it does.
func (u *change) cancel() bool {
	if len(u.phases) == 0 || u.phases[0].name == PhaseEmptied || u.phases[0].name == PhaseRemoved {
		return false
	}
	text := "context canceled"
	if u.phases[0].name != PhaseDone {
		text = "Create custom volume from copy failed: [context canceled]"
	}
	u.phases = []phase{{PhaseEnded, func() error { return says("%s", text) }}}
	return true
}

// change makes a change and gives its answer: that of do, or, of a server with the extension, an operation that does it.
// do looks again at what the caller has found, which may be another by then.
func (s *Server) change(c call, extension string, t task, do func() (reply, error)) (reply, error) {
	if !s.has(extension) {
		return do()
	}
	return s.start(c, t, atOnce(func() error {
		_, err := do()
		return err
	}))
}

// changeSlowly is change for what a test may want to see half done. answer is that of a server without the extension.
func (s *Server) changeSlowly(c call, extension string, t task, w work, answer func() (reply, error)) (reply, error) {
	if s.has(extension) {
		return s.start(c, t, w)
	}
	var err error
	ended := make(chan struct{})
	u := &change{work: w, id: newUUID(), request: c.logged(), finish: func(failed error) {
		err = failed
		close(ended)
	}}
	if s.manual {
		s.hold(u)
		s.mu.Unlock() // others go on meanwhile
		select {
		case <-ended:
		case <-c.life:
		}
		s.mu.Lock()
	} else {
		u.complete()
	}
	if err != nil {
		return reply{}, err
	}
	return answer()
}

// start carries something out in the background and gives the operation of it.
func (s *Server) start(c call, t task, w work) (reply, error) {
	o := s.begin(c, t)
	o.change = &change{work: w, id: o.ID, request: c.logged(), finish: func(err error) { s.end(o, err) }}
	s.carryOut(c, o.change)
	return reply{operation: o}, nil
}

// carryOut does what a change has to do: all before it is answered, unless a fault has it take its time or everything is
// let go on by hand.
func (s *Server) carryOut(c call, u *change) {
	lasts := time.Duration(0)
	if c.fault != nil {
		lasts = c.fault.Lasts
		if c.fault.Operation != "" {
			u.fails(c.fault.Operation)
		}
	}
	switch {
	case s.manual:
		s.hold(u)
	case lasts > 0:
		if len(u.phases) > 1 {
			u.advance() // what is seen while it goes on
		}
		time.AfterFunc(lasts, func() { s.later(c.life, u.complete) })
	default:
		u.complete()
	}
}

// later does something that no request waits for, unless the server has been stopped or killed since life began.
func (s *Server) later(life life, do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if life.ended() {
		return
	}
	do()
	_ = s.save() // the next request says what is wrong, if it still is
}
