package sim

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
)

// Serve answers on a listener until that is closed.
func (s *Server) Serve(listener net.Listener) error {
	return (&http.Server{
		Handler:   s,
		ErrorLog:  log.New(io.Discard, "", 0), // who breaks a handshake off knows it
		ConnState: s.connected,
	}).Serve(listener)
}

// connected notes the connections that break when the server is killed. Streams end by themselves then.
func (s *Server) connected(conn net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch state {
	case http.StateNew:
		s.conns[conn] = true
	case http.StateClosed, http.StateHijacked:
		delete(s.conns, conn)
	}
}

// Dial gives a connection to the server that does not leave the process: the whole of HTTP is spoken on it, and nothing
// of it is left anywhere when the process ends. Every connection fails after [Server.Close].
func (s *Server) Dial(ctx context.Context) (net.Conn, error) {
	s.pipes.serve.Do(func() { go s.Serve(s.pipes) })
	near, far := net.Pipe()
	select {
	case s.pipes.waiting <- far:
		return near, nil
	case <-s.pipes.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// pipes is the listener that Dial connects to.
type pipes struct {
	waiting chan net.Conn
	closed  chan struct{}
	serve   sync.Once
	once    sync.Once
}

func newPipes() *pipes {
	return &pipes{waiting: make(chan net.Conn), closed: make(chan struct{})}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.waiting:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) close() { p.once.Do(func() { close(p.closed) }) }

func (p *pipes) Close() error {
	p.close()
	return nil
}

func (p *pipes) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }

func (pipeAddr) String() string { return "sim" }
