package sim

// Held is the state as its file would have it.
func (s *Server) Held() *State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// Abandon leaves the file to others as a kill does.
func (s *Server) Abandon() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return s.file.close(nil)
}
