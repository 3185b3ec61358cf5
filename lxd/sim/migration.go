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

// migrationSide is a migration as one side sees it.
type migrationSide struct {
	task
	side string // source or target
	peer *peer  // that this one connects to; nil when it waits for whoever has the secrets
	work func(*migration) error
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

// startMigration starts an operation whose work begins when both streams are connected.
func (s *Server) startMigration(c call, m migrationSide) (reply, error) {
	t := m.task
	o := s.newOperation(c, t)
	o.project = lxd.DefaultProject
	ctx, cancel := context.WithCancelCause(context.Background())
	under := &migration{change: &change{id: o.ID, request: c.asRequest()}, server: s, life: c.life, ctx: ctx}
	if c.fault != nil {
		under.lasts, under.fails = c.fault.Lasts, c.fault.Operation
	}
	if m.peer == nil {
		o.openStreams()
	}
	o.MayCancel = o.MayCancel || s.product.CancelsMigrations
	if s.product.Cancels && m.side == "target" || s.product.CancelsMigrations {
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
		err := under.connect(o, m)
		if err == nil {
			err = m.work(under)
		}
		if err == nil {
			err = under.runPhase(PhaseEnded, func() error { return nil })
		}
		s.runLater(c.life, func() {
			s.forgetChange(under.change)
			s.endOperation(o, err)
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

// connect waits for the streams, or opens them at the other side.
func (m *migration) connect(o *operation, with migrationSide) (err error) {
	if with.peer != nil {
		m.conns, err = with.peer.connect(m.ctx)
		return err
	}
	limit := time.NewTimer(cmp.Or(m.server.connectTimeout, m.server.product.ConnectLimit))
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
	return serverError("%s", text)
}

// runPhase does a phase: at once, or, when changes are paused, when it is let go on.
func (m *migration) runPhase(name Phase, do func() error) error {
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
	if !s.pauses {
		defer s.mu.Unlock()
		return errors.Join(do(), s.save())
	}
	passed := make(chan struct{})
	s.pauseBefore(m.change, name, func() {
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

// waitLasts waits as long as a fault says that the content takes.
func (m *migration) waitLasts() error {
	select {
	case <-time.After(m.lasts):
		return nil
	case <-m.ctx.Done():
		return context.Cause(m.ctx)
	}
}

// How a migration ends when its server stops, and when it is cancelled.
var (
	errStopped   = errors.New("the server is stopped")
	errCancelled = errors.New("context canceled")
)
