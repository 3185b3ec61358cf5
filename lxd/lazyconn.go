package lxd

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// lazyConn is a connection that is dialled by its first write.
//
// LXD 5.0.2 answers nobody on its unix socket while some client is connected and has sent nothing: it looks at the first
// bytes of each connection before it accepts the next. http.Transport opens connections ahead of the request that will
// use them, and leaves them silent when an idle one comes free first or when the request is cancelled. Connecting only
// when bytes are ready to go keeps the transport's pooling and makes a silent connection impossible.
type lazyConn struct {
	dial   func(context.Context) (net.Conn, error)
	ctx    context.Context
	cancel context.CancelFunc

	once  sync.Once
	ready chan struct{} // closed when conn is usable
	conn  net.Conn
	err   error
}

func newLazyConn(dial func(context.Context) (net.Conn, error)) *lazyConn {
	ctx, cancel := context.WithCancel(context.Background())
	return &lazyConn{dial: dial, ctx: ctx, cancel: cancel, ready: make(chan struct{})}
}

func (c *lazyConn) Write(p []byte) (int, error) {
	c.once.Do(func() {
		c.conn, c.err = c.dial(c.ctx)
		if c.err == nil {
			close(c.ready)
			// Closed while dialling: Close found nothing to close.
			context.AfterFunc(c.ctx, func() { c.conn.Close() })
		}
	})
	if c.err != nil {
		return 0, c.err
	}
	return c.conn.Write(p)
}

// Read waits for the connection. The transport closes it when dialling went wrong, and shows the error of whichever of
// Read and Write it hears first: so it is the same one.
func (c *lazyConn) Read(p []byte) (int, error) {
	select {
	case <-c.ready:
		return c.conn.Read(p)
	case <-c.ctx.Done():
		c.once.Do(func() { c.err = net.ErrClosed })
		if c.err == nil || errors.Is(c.err, context.Canceled) {
			return 0, net.ErrClosed
		}
		return 0, c.err
	}
}

func (c *lazyConn) Close() error {
	c.cancel()
	return nil
}

func (c *lazyConn) LocalAddr() net.Addr  { return lazyAddr{} }
func (c *lazyConn) RemoteAddr() net.Addr { return lazyAddr{} }

// The transport sets no deadlines on its connections; cancelling closes them.
func (c *lazyConn) SetDeadline(time.Time) error      { return os.ErrNoDeadline }
func (c *lazyConn) SetReadDeadline(time.Time) error  { return os.ErrNoDeadline }
func (c *lazyConn) SetWriteDeadline(time.Time) error { return os.ErrNoDeadline }

type lazyAddr struct{}

func (lazyAddr) Network() string { return "lxd" }
func (lazyAddr) String() string  { return "lxd" }
