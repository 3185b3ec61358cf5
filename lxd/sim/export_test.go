package sim

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
	return s.file.close(nil)
}
