package lxd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// relay connects to both servers and carries what each sends to the other.
func (m *migration) relay(ctx context.Context) error {
	sending, err := m.offer(ctx, nil)
	if err != nil {
		return err
	}
	receiving, err := m.accept(ctx, nil)
	if err != nil {
		m.from.abandon(ctx, sending)
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	var pumps sync.WaitGroup
	defer pumps.Wait()
	defer cancel() // before they are waited for
	for _, name := range streams(sending, receiving) {
		source, err := m.from.websocket(ctx, sending, name)
		if err != nil {
			return fmt.Errorf("connect to the source: %w", err)
		}
		defer source.CloseNow()
		target, err := m.to.websocket(ctx, receiving, name)
		if err != nil {
			return fmt.Errorf("connect to the target: %w", err)
		}
		defer target.CloseNow()
		pumps.Go(func() { pump(ctx, target, source) })
		pumps.Go(func() { pump(ctx, source, target) })
	}
	return m.waitBoth(ctx, sending, receiving)
}

// streams are the websockets that both sides have, control first: the servers agree there on what the others carry.
func streams(a, b *Operation) []string {
	var names []string
	for name := range a.secrets() {
		if _, ok := b.secrets()[name]; ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if i := slices.Index(names, "control"); i > 0 {
		names = slices.Insert(slices.Delete(names, i, i+1), 0, "control")
	}
	return names
}

// waitBoth waits for both sides. When one has failed the other is given a moment to say why.
func (m *migration) waitBoth(ctx context.Context, sending, receiving *Operation) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type end struct {
		side string
		err  error
	}
	ends := make(chan end, 2)
	go func() { ends <- end{"the source", sending.Wait(ctx, m.progress())} }()
	go func() { ends <- end{"the target", receiving.Wait(ctx, m.progress())} }()
	var errs []error
	for range 2 {
		e := <-ends
		if e.err == nil || errors.Is(e.err, ErrOperationGone) { // what has arrived is looked at anyway
			continue
		}
		if len(errs) > 0 && ctx.Err() != nil {
			continue // only because the first has failed
		}
		errs = append(errs, fmt.Errorf("%s: %w", e.side, e.err))
		defer time.AfterFunc(graceLimit/2, cancel).Stop()
	}
	if len(errs) == 2 {
		return fmt.Errorf("%w; %w", errs[0], errs[1])
	}
	return errors.Join(errs...)
}

// websocket connects to one of the streams of an operation.
func (c *Client) websocket(ctx context.Context, op *Operation, name string) (*websocket.Conn, error) {
	target := op.path + "/websocket"
	start := time.Now()
	conn, resp, err := websocket.Dial(ctx, c.base+target+"?secret="+url.QueryEscape(op.secrets()[name]), &websocket.DialOptions{HTTPClient: c.http})
	if c.trace != nil {
		exchange := Exchange{Method: http.MethodGet, Path: target, Operation: op.path, Duration: time.Since(start)} // and not the secret
		if resp != nil {
			exchange.Status = resp.StatusCode
		} else {
			exchange.Err = err
		}
		c.trace(exchange)
	}
	if err != nil {
		if resp != nil {
			return nil, &Error{Code: resp.StatusCode, Message: fmt.Sprintf("stream %s is refused: %s", name, http.StatusText(resp.StatusCode))}
		}
		return nil, unreachable(c.address, err)
	}
	conn.SetReadLimit(-1)
	return conn, nil
}

// pump carries messages to one side from the other until that ends, and then ends it too.
func pump(ctx context.Context, to, from *websocket.Conn) {
	for {
		kind, reader, err := from.Reader(ctx)
		if err == nil {
			err = forward(ctx, to, kind, reader)
		}
		if err != nil {
			// What has been written arrives before this does.
			_ = to.Close(websocket.StatusNormalClosure, "")
			return
		}
	}
}

func forward(ctx context.Context, to *websocket.Conn, kind websocket.MessageType, message io.Reader) error {
	writer, err := to.Writer(ctx, kind)
	if err != nil {
		return err
	}
	if _, err := io.Copy(writer, message); err != nil {
		return err
	}
	return writer.Close()
}

// abandon ends an operation that waits for a connection which will never come: it cannot be cancelled, but breaks off
// when somebody connects and leaves. Nobody may have connected before: LXD 5.0.2 crashes when all streams of an operation
// have been connected and then one is again.
func (c *Client) abandon(ctx context.Context, op *Operation) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), graceLimit)
	defer cancel()
	var conns []*websocket.Conn
	for name := range op.secrets() {
		if conn, err := c.websocket(ctx, op, name); err == nil {
			conns = append(conns, conn)
		}
	}
	for _, conn := range conns {
		_ = conn.CloseNow()
	}
	_ = op.Wait(ctx, nil) // it fails, which is the aim
}
