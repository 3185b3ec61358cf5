package sim

import (
	"context"
	"slices"
)

// Held is a change that goes on when it is told to.
type Held struct {
	ID      string  // of its operation; of a change that has none, one that only Advance knows
	Request Request // that has begun it
	Next    Phase   // what Advance does
}

// Manual has changes go on by hand from now on: each operation, and the deletion or renaming of a volume that is made before
// the answer, stops before each of its phases until [Server.Advance] lets it go on. All else is done at once.
func (s *Server) Manual() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.manual = true
}

// Held lists the changes that can be let go on, in the order in which they began. A migration is among them only while it
// does not wait for its other side.
func (s *Server) Held() []Held {
	s.mu.Lock()
	defer s.mu.Unlock()
	var held []Held
	for _, u := range s.held {
		if u.next != nil {
			held = append(held, Held{u.id, u.request, u.name})
		}
	}
	return held
}

// AwaitHeld waits until so many changes can be let go on, and gives them as Held does.
func (s *Server) AwaitHeld(ctx context.Context, n int) ([]Held, error) {
	for {
		s.mu.Lock()
		news := s.news
		s.mu.Unlock()
		if held := s.Held(); len(held) >= n {
			return held, nil
		}
		select {
		case <-news:
		case <-ctx.Done():
			return s.Held(), context.Cause(ctx)
		}
	}
}

// Advance lets a change go on by one phase, which has happened when it returns, and tells whether there was something to do.
// A phase that fails ends the change.
func (s *Server) Advance(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.held, func(u *change) bool { return u.id == id && u.next != nil })
	if i < 0 {
		return false
	}
	u := s.held[i]
	next := u.next
	u.next = nil
	next()
	_ = s.save() // the next request says what is wrong, if it still is
	return true
}

// hold has a change wait for its next phase.
func (s *Server) hold(u *change) {
	if u.over {
		s.release(u)
		return
	}
	name := PhaseEnded
	if len(u.phases) > 0 {
		name = u.phases[0].name
	}
	s.holdBefore(u, name, func() {
		u.advance()
		s.hold(u)
	})
}

// holdBefore has a change wait before it does something.
func (s *Server) holdBefore(u *change, name Phase, next func()) {
	u.name, u.next = name, next
	if !slices.Contains(s.held, u) {
		s.held = append(s.held, u)
	}
	close(s.news)
	s.news = make(chan struct{})
}

// release forgets a change that is over.
func (s *Server) release(u *change) {
	s.held = slices.DeleteFunc(s.held, func(other *change) bool { return other == u })
}
