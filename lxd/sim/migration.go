package sim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/coder/websocket"

	"tarn/lxd"
)

// meeting is a migration as one side sees it.
type meeting struct {
	task
	side  string // source or target
	other *peer  // that this one connects to; nil when it waits for whoever has the secrets
	work  func(*migration) error
}

// migration is one under way.
type migration struct {
	*change
	server *Server
	life   life            // of the server that it began in
	ctx    context.Context // ends with that life and when the migration is cancelled
	conns  map[string]*websocket.Conn
	lasts  time.Duration // how long the content takes
	fails  string        // the error that it ends with instead, "" for none
}

// meet begins an operation that does its work when both streams are there.
func (s *Server) meet(c call, m meeting) (reply, error) {
	t := m.task
	o := s.begin(c, t)
	o.project = lxd.DefaultProject
	ctx, cancel := context.WithCancelCause(context.Background())
	under := &migration{change: &change{id: o.ID, request: c.logged()}, server: s, life: c.life, ctx: ctx}
	if c.fault != nil {
		under.lasts, under.fails = c.fault.Lasts, c.fault.Operation
	}
	if m.other == nil {
		o.expect()
	}
	if s.product.Cancels && m.side == "target" {
		o.cancel = func() { cancel(errCancelled) }
	}
	go func() {
		select {
		case <-c.life:
			cancel(errStopped)
		case <-ctx.Done():
		}
	}()
	go func() {
		defer cancel(nil)
		err := under.join(o, m)
		if err == nil {
			err = m.work(under)
		}
		if err == nil {
			err = under.pass(PhaseEnded, func() error { return nil })
		}
		s.later(c.life, func() {
			s.release(under.change)
			s.end(o, err)
		})
		for _, conn := range under.conns {
			if err != nil {
				_ = conn.CloseNow()
				continue
			}
			go conn.Close(websocket.StatusNormalClosure, "") // the other side closes them in an order of its own
		}
	}()
	return reply{operation: o}, nil
}

// join gets the streams.
func (m *migration) join(o *operation, with meeting) (err error) {
	if with.other != nil {
		m.conns, err = with.other.connect(m.ctx)
		return err
	}
	limit := time.NewTimer(cmp.Or(m.server.patience, m.server.product.ConnectLimit))
	defer limit.Stop()
	reason := "context deadline exceeded"
	select {
	case <-o.streams.ready:
		m.conns = o.streams.connected
		return nil
	case <-limit.C:
	case <-m.ctx.Done():
		reason = context.Cause(m.ctx).Error()
	}
	m.server.mu.Lock()
	defer m.server.mu.Unlock()
	m.conns = maps.Clone(o.streams.connected)
	text := "Timed out waiting for connections"
	if m.server.product.NamesStream {
		text = fmt.Sprintf("Failed waiting for migration \"control\" connection on %s: %s", with.side, reason)
	}
	if with.side == "target" {
		text = "Error transferring storage volume: " + text
	}
	return says("%s", text)
}

// pass goes through a phase: at once, or when it is let go on by hand.
func (m *migration) pass(name Phase, do func() error) error {
	s := m.server
	s.mu.Lock()
	err := context.Cause(m.ctx)
	if m.life.ended() { // its context may not have heard of it yet
		err = errStopped
	}
	if err != nil {
		s.mu.Unlock()
		return err
	}
	if !s.manual {
		defer s.mu.Unlock()
		return errors.Join(do(), s.save())
	}
	passed := make(chan struct{})
	s.holdBefore(m.change, name, func() {
		err = do()
		close(passed)
	})
	s.mu.Unlock()
	select {
	case <-passed:
		return err
	case <-m.ctx.Done():
		return context.Cause(m.ctx)
	}
}

// linger takes the time that a fault gives the content.
func (m *migration) linger() error {
	select {
	case <-time.After(m.lasts):
		return nil
	case <-m.ctx.Done():
		return context.Cause(m.ctx)
	}
}

// How a migration ends whose server does, and one that is given up.
var (
	errStopped   = errors.New("the server is stopped")
	errCancelled = errors.New("context canceled")
)
