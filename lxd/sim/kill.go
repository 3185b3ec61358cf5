package sim

import "net"

// life is the time from a server's start to its end; the channel is closed then.
type life chan struct{}

func (l life) ended() bool {
	select {
	case <-l:
		return true
	default:
		return false
	}
}

// Kill ends the server as SIGKILL would, and starts it again: every connection breaks, operations are forgotten, and what
// they were doing stays half done. A target that was being filled keeps its entry and a part of its content, a volume that
// was being deleted may be left without snapshots and content, and what was to be answered is not.
func (s *Server) Kill() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.endLife()
	s.life, s.started = make(life), now()
	clear(s.operations)
	conns := s.conns
	s.conns = map[net.Conn]bool{}
	s.mu.Unlock()
	for conn := range conns {
		conn.Close()
	}
}

// endLife ends whatever is under way.
func (s *Server) endLife() {
	close(s.life)
	s.paused = nil
	for listener := range s.listeners {
		delete(s.listeners, listener)
		close(listener)
	}
}
