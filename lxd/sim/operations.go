package sim

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"tarn/lxd"
)

// lifetime is how long a finished operation can be asked about.
const lifetime = 5 * time.Second

// operation is something done in the background.
type operation struct {
	ID          string              `json:"id"`
	Class       string              `json:"class"`
	Description string              `json:"description"`
	CreatedAt   time.Time           `json:"created_at"`
	UpdatedAt   time.Time           `json:"updated_at"`
	Status      string              `json:"status"`
	StatusCode  int                 `json:"status_code"`
	Resources   map[string][]string `json:"resources"`
	Metadata    map[string]any      `json:"metadata"`
	MayCancel   bool                `json:"may_cancel"`
	Err         string              `json:"err"`
	ErrCode     int                 `json:"err_code,omitempty"` // of newer LXD
	Location    string              `json:"location"`

	project string // that it is told in
	ended   time.Time
	err     error         // how it ended
	done    chan struct{} // closed at the end
	streams *streams      // of a migration
}

const (
	opRunning = 103
	opPending = 105
	opSuccess = 200
	opFailure = 400
)

func (o *operation) path() string { return "/1.0/operations/" + o.ID }

// running is the operation as the answer that announces it shows it.
func (o *operation) running() operation {
	shown := *o
	shown.Status, shown.StatusCode, shown.Err, shown.ErrCode = "Running", opRunning, "", 0
	return shown
}

// end notes how an operation ended.
func (s *Server) end(o *operation, err error) {
	o.Status, o.StatusCode, o.ended = "Success", opSuccess, now()
	o.err = err
	if err != nil {
		o.Status, o.StatusCode, o.Err = "Failure", opFailure, err.Error()
		if s.state.Product == newer {
			o.ErrCode = refusal(err).code
		}
	}
	close(o.done)
	s.notify(o)
}

// begin makes an operation that runs until its end is called.
func (s *Server) begin(project, location, description string, resources map[string][]string) *operation {
	if resources == nil && !s.state.old() {
		resources = map[string][]string{}
	}
	at := now()
	o := &operation{
		ID: newUUID(), Class: "task", Description: description, CreatedAt: at, UpdatedAt: at,
		Status: "Pending", StatusCode: opPending, Resources: resources, Location: location, done: make(chan struct{}), project: project,
	}
	s.operations[o.ID] = o
	s.notify(o)
	o.Status, o.StatusCode = "Running", opRunning
	s.notify(o)
	return o
}

// start carries something out and gives the operation of it. It is over before it is answered, unless a fault has it take
// its time.
func (s *Server) start(c call, location, description string, resources map[string][]string, do func() error) (reply, error) {
	o := s.begin(cmp.Or(c.query.Get("project"), lxd.DefaultProject), location, description, resources)
	finish := func() {
		if f := c.fault; f != nil && f.Operation != "" {
			s.end(o, errors.New(f.Operation))
			return
		}
		err := do()
		s.end(o, err)
	}
	if c.fault != nil && c.fault.Lasts > 0 {
		time.AfterFunc(c.fault.Lasts, func() { s.later(finish) })
	} else {
		finish()
	}
	return reply{operation: o}, nil
}

// API extensions from which on LXD makes changes in the background that it was done with before the answer. They are
// known from its documentation; what is refused at once and what by the operation it does not say.
const (
	volumeOperations = "storage_and_profile_operations" // LXD 6.6
	poolOperations   = "storage_and_network_operations" // LXD 6.8
)

// change makes a change and gives its answer: that of do, or, of a server with the extension, an operation that does it.
// do looks again at what the caller has found, which may be another by then.
func (s *Server) change(c call, extension, location, description string, resources map[string][]string, do func() (reply, error)) (reply, error) {
	if !s.state.has(extension) {
		return do()
	}
	return s.start(c, location, description, resources, func() error {
		_, err := do()
		return err
	})
}

// later does something that no request waits for.
func (s *Server) later(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	do()
	_ = s.save() // the next request says what is wrong, if it still is
}

// resources is what the server says that an operation on a snapshot is about; LXD 5.0.2 names neither the pool nor the
// snapshot.
func (s *State) resources(c call, a address, snapshot string, creates bool) map[string][]string {
	if project := c.query.Get("project"); project != "" && s.incus() {
		a.key.Project = project // the one of the call, also when its volumes live elsewhere
	}
	if !s.old() {
		about := map[string][]string{"storage_volume_snapshots": {s.volumeURL(a.poolName, a.key, snapshot)}}
		if creates {
			about["storage_volumes"] = []string{s.volumeURL(a.poolName, a.key, "")}
		}
		return about
	}
	if creates {
		return map[string][]string{"storage_volumes": {"/1.0/storage_volumes/" + a.key.Name}}
	}
	return map[string][]string{"storage_volume_snapshots": {"/1.0/storage_volume_snapshots/" + a.key.Name}}
}

// forget drops what ended too long ago.
func (s *Server) forget() {
	maps.DeleteFunc(s.operations, func(_ string, o *operation) bool {
		return o.StatusCode >= opSuccess && time.Since(o.ended) > lifetime
	})
}

func (s *Server) listOperations(c call) (reply, error) {
	s.forget()
	urls, all := map[string][]string{}, map[string][]operation{}
	for _, id := range slices.Sorted(maps.Keys(s.operations)) {
		o := s.operations[id]
		status := strings.ToLower(o.Status)
		urls[status] = append(urls[status], o.path())
		all[status] = append(all[status], *o)
	}
	if c.recursive() {
		return sync200(all), nil
	}
	return sync200(urls), nil
}

func (s *Server) operation(c call) (*operation, error) {
	s.forget()
	if o := s.operations[c.path[1]]; o != nil {
		return o, nil
	}
	return nil, code(http.StatusNotFound, "Operation not found")
}

func (s *Server) getOperation(c call) (reply, error) {
	o, err := s.operation(c)
	if err != nil {
		return reply{}, err
	}
	return sync200(*o), nil
}

// waitOperation answers when the operation has ended, or as it is when the timeout, in seconds, is over first.
func (s *Server) waitOperation(c call) (reply, error) {
	o, err := s.operation(c)
	if err != nil {
		return reply{}, err
	}
	seconds := -1
	if text := c.query.Get("timeout"); text != "" {
		if seconds, err = strconv.Atoi(text); err != nil {
			return reply{}, says("strconv.Atoi: parsing %q: invalid syntax", text)
		}
	}
	ctx, cancel := c.Context(), func() {}
	if seconds >= 0 {
		ctx, cancel = context.WithTimeout(ctx, time.Duration(seconds)*time.Second)
	}
	defer cancel()
	s.mu.Unlock() // others go on meanwhile
	select {
	case <-o.done:
	case <-ctx.Done():
	}
	s.mu.Lock()
	if s.state.incus() && o.err != nil {
		failed := refusal(o.err)
		failed.status = http.StatusOK
		return failed, nil
	}
	return sync200(*o), nil
}

func (s *Server) cancelOperation(c call) (reply, error) {
	o, err := s.operation(c)
	if err != nil {
		return reply{}, err
	}
	if o.StatusCode >= opSuccess {
		return reply{}, code(http.StatusBadRequest, "Only running operations can be cancelled")
	}
	return reply{}, code(http.StatusBadRequest, "This operation can't be cancelled")
}

func newUUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
