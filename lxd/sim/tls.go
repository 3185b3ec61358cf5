package sim

import (
	"crypto/tls"
	"net"
	"sync"
	"sync/atomic"
)

// Secure makes HTTPS of what comes in at a listener, as it does on the network: the server shows its certificate, and takes
// every client for one that it trusts, with a certificate or without. Who speaks plain HTTP, as no real server does, is
// answered in it. The server announces the listener's address, where another one finds it when a volume migrates; one that
// announces none migrates only with the client in between.
func (s *Server) Secure(listener net.Listener) (net.Listener, error) {
	itself, err := s.identify()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addresses = append(s.addresses, listener.Addr().String())
	return &tlsOrPlain{listener, &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: []tls.Certificate{itself.certificate},
		ClientAuth:   tls.RequestClientCert,
	}}, nil
}

// tlsOrPlain is a listener for TLS and for plain text.
type tlsOrPlain struct {
	net.Listener
	config *tls.Config
}

func (l *tlsOrPlain) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &tlsOrPlainConn{Conn: conn, config: l.config}, nil
}

// tlsOrPlainConn is a connection that is TLS when its first byte begins a handshake. The server reads before it writes.
type tlsOrPlainConn struct {
	net.Conn
	config *tls.Config
	first  sync.Once
	inner  atomic.Value // a wrapped: what the rest is read from and written to
	err    error
}

// handshake is the first byte of TLS, which begins no request in plain text.
const handshake = 0x16

func (c *tlsOrPlainConn) Read(b []byte) (int, error) {
	c.first.Do(func() {
		var first [1]byte
		var n int
		if n, c.err = c.Conn.Read(first[:]); n == 0 {
			return
		}
		plain := &peekedConn{Conn: c.Conn, first: first[:]}
		if first[0] == handshake {
			c.inner.Store(wrapped{tls.Server(plain, c.config)})
		} else {
			c.inner.Store(wrapped{plain})
		}
	})
	if c.err != nil {
		return 0, c.err
	}
	return c.inner.Load().(wrapped).Read(b)
}

func (c *tlsOrPlainConn) Write(b []byte) (int, error) {
	return c.inner.Load().(wrapped).Write(b)
}

func (c *tlsOrPlainConn) Close() error {
	if spoken, ok := c.inner.Load().(wrapped); ok {
		return spoken.Close()
	}
	return c.Conn.Close()
}

// wrapped is a connection of either type.
type wrapped struct{ net.Conn }

// peekedConn is a connection of which the first bytes have been read already.
type peekedConn struct {
	net.Conn
	first []byte
}

func (c *peekedConn) Read(b []byte) (int, error) {
	if len(c.first) == 0 {
		return c.Conn.Read(b)
	}
	n := copy(b, c.first)
	c.first = c.first[n:]
	return n, nil
}
