package sim

import "time"

// State is the state as its file would have it.
func (s *Server) State() *State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// Abandon leaves the file to others as a kill does.
func (s *Server) Abandon() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.endLife()
	return s.file.Close(nil)
}

// SetConnectTimeout has migrations wait for their streams for no longer than this.
func (s *Server) SetConnectTimeout(patience time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.connectTimeout = patience
}

// Age makes the server and all that it knows of operations older.
func (s *Server) Age(by time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.started = s.started.Add(-by)
	for _, o := range s.operations {
		o.ended = o.ended.Add(-by)
	}
}
