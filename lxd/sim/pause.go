package sim

import (
	"context"
	"slices"
)

// PausedChange is a change that waits for [Server.Advance].
type PausedChange struct {
	ID      string  // of its operation; of a change that has none, one that only Advance knows
	Request Request // that has begun it
	Next    Phase   // what Advance does
}

// PauseChanges makes changes stop from now on: each operation, and the deletion or renaming of a volume that is made before
// the answer, stops before each of its phases until [Server.Advance] lets it go on. All else is done at once.
func (s *Server) PauseChanges() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pauses = true
}

// Paused lists the changes that can be let go on, in the order in which they began. A migration is among them only while it
// does not wait for its other side.
func (s *Server) Paused() []PausedChange {
	s.mu.Lock()
	defer s.mu.Unlock()
	var paused []PausedChange
	for _, ch := range s.paused {
		if ch.next != nil {
			paused = append(paused, PausedChange{ch.id, ch.request, ch.name})
		}
	}
	return paused
}

// AwaitPaused waits until so many changes can be let go on, and gives them as Paused does.
func (s *Server) AwaitPaused(ctx context.Context, n int) ([]PausedChange, error) {
	for {
		s.mu.Lock()
		another := s.morePaused
		s.mu.Unlock()
		if paused := s.Paused(); len(paused) >= n {
			return paused, nil
		}
		select {
		case <-another:
		case <-ctx.Done():
			return s.Paused(), context.Cause(ctx)
		}
	}
}

// Advance lets a change go on by one phase, which has happened when it returns, and tells whether there was something to do.
// A phase that fails ends the change.
func (s *Server) Advance(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.paused, func(ch *change) bool { return ch.id == id && ch.next != nil })
	if i < 0 {
		return false
	}
	ch := s.paused[i]
	next := ch.next
	ch.next = nil
	next()
	_ = s.save() // the next request says what is wrong, if it still is
	return true
}

// pause has a change wait for its next phase.
func (s *Server) pause(ch *change) {
	if ch.over {
		s.forgetChange(ch)
		return
	}
	name := PhaseEnded
	if len(ch.phases) > 0 {
		name = ch.phases[0].name
	}
	s.pauseBefore(ch, name, func() {
		ch.advance()
		s.pause(ch)
	})
}

// pauseBefore has a change wait before it does something.
func (s *Server) pauseBefore(ch *change, name Phase, next func()) {
	ch.name, ch.next = name, next
	if !slices.Contains(s.paused, ch) {
		s.paused = append(s.paused, ch)
	}
	close(s.morePaused)
	s.morePaused = make(chan struct{})
}

// forgetChange forgets a change that is over.
func (s *Server) forgetChange(ch *change) {
	s.paused = slices.DeleteFunc(s.paused, func(other *change) bool { return other == ch })
}
