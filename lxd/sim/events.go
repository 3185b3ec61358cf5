package sim

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"tarn/lxd"
)

// event tells those who listen what becomes of an operation. The server has no other events here.
type event struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Metadata  operation `json:"metadata"`
	Location  string    `json:"location"`
	Project   string    `json:"project"`
}

// maxEvents is how far one who listens may fall behind.
const maxEvents = 1000

// notify tells everybody who listens how an operation is.
func (s *Server) notify(o *operation) {
	e := event{Type: "operation", Timestamp: now(), Metadata: *o, Location: o.Location, Project: o.project}
	for listener, project := range s.listeners {
		if project != "" && project != o.project {
			continue
		}
		select {
		case listener <- e:
		default: // it does not keep up
			delete(s.listeners, listener)
			close(listener)
		}
	}
}

// serveEvents tells who asks what becomes of operations from now on, until they leave.
func (s *Server) serveEvents(w http.ResponseWriter, c call) {
	types := strings.Split(cmp.Or(c.query.Get("type"), "operation"), ",")
	for _, name := range types {
		if !slices.Contains([]string{"operation", "logging", "lifecycle"}, name) {
			s.errorReplyFor(serverError("%q isn't a supported event type", name)).write(w)
			return
		}
	}
	project := cmp.Or(c.query.Get("project"), lxd.DefaultProject)
	s.mu.Lock()
	known := s.state.Projects[project] != nil
	s.mu.Unlock()
	switch {
	case isTrueOr(c.query.Get("all-projects"), false):
		project = ""
	case !known:
		s.errorReplyFor(serverError("Project not found")).write(w)
		return
	}
	// What happens once the answer is out is told.
	listener := make(chan event, maxEvents)
	if slices.Contains(types, "operation") {
		s.mu.Lock()
		s.listeners[listener] = project
		s.mu.Unlock()
		defer func() {
			s.mu.Lock()
			delete(s.listeners, listener)
			s.mu.Unlock()
		}()
	}
	conn, err := websocket.Accept(w, c.Request, nil)
	if err != nil {
		return // it has answered
	}
	defer conn.CloseNow()
	ctx := conn.CloseRead(context.Background())
	for {
		select {
		case e, ok := <-listener:
			if !ok || wsjson.Write(ctx, conn, e) != nil {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}
