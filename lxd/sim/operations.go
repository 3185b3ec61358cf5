package sim

import (
	"cmp"
	"crypto/rand"
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
	change  *change       // what it does, nil for a migration
	cancel  func()        // ends a migration that waits for its streams, nil when that cannot be
}

const (
	opRunning    = 103
	opCancelling = 104
	opPending    = 105
	opSuccess    = 200
	opFailure    = 400
)

// task is what an operation says of itself.
type task struct {
	location, description string
	resources             map[string][]string
	entity                string // address of what it is about; LXD 6 says it
	original              string // that it had before, of what is renamed
}

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
		if s.product.ErrorCodes {
			o.ErrCode = refusal(err).code
		}
	}
	close(o.done)
	s.notify(o)
}

// begin makes an operation that runs until its end is called.
func (s *Server) begin(c call, t task) *operation {
	if t.resources == nil && s.product.ResourcesAreAddresses {
		t.resources = map[string][]string{}
	}
	at := now()
	o := &operation{
		ID: newUUID(), Class: "task", Description: t.description, CreatedAt: at, UpdatedAt: at, Status: "Pending", StatusCode: opPending,
		Resources: t.resources, Location: t.location, done: make(chan struct{}), project: cmp.Or(c.query.Get("project"), lxd.DefaultProject),
	}
	o.MayCancel = s.product.Cancels
	if s.product.NamesEntities {
		o.Metadata = map[string]any{"entity_url": t.entity}
		if t.original != "" {
			o.Metadata["original_entity_url"] = t.original
		}
	}
	s.operations[o.ID] = o
	s.notify(o)
	o.Status, o.StatusCode = "Running", opRunning
	s.notify(o)
	return o
}

// resources is what the server says that an operation on a snapshot is about; LXD 5.0.2 names neither the pool nor the
// snapshot.
func (s *Server) resources(c call, a address, snapshot string, creates bool) map[string][]string {
	if project := c.query.Get("project"); project != "" && s.product.ResourcesInCallsProject {
		a.key.Project = project // the one of the call, also when its volumes live elsewhere
	}
	if s.product.ResourcesAreAddresses {
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

// forget drops what ended too long ago: more than five seconds, or, on LXD 6, that long before it last looked, which it
// does once a minute.
func (s *Server) forget() {
	look := now()
	if s.product.ForgetsByMinute {
		look = s.started.Add(look.Sub(s.started).Truncate(time.Minute))
	}
	maps.DeleteFunc(s.operations, func(_ string, o *operation) bool {
		return o.StatusCode >= opSuccess && look.Sub(o.ended) > lifetime
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

// waitOperation answers when the operation has ended or the timeout, in seconds, is over. LXD 5.0.2 answers with the operation
// as it is then, others with an error for one that has failed or goes on.
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
	var limit <-chan time.Time // never, for a negative number too
	if seconds >= 0 {
		limit = time.After(time.Duration(seconds) * time.Second)
	}
	s.until(c, o, limit)
	failed := o.err
	if o.StatusCode < opSuccess {
		failed = says("context deadline exceeded")
	}
	if s.product.WaitFails && failed != nil {
		answer := refusal(failed)
		answer.status = http.StatusOK
		return answer, nil
	}
	return sync200(*o), nil
}

// until waits for the end of an operation, as long as there is somebody to be told, while others go on.
func (s *Server) until(c call, o *operation, limit <-chan time.Time) {
	if o.StatusCode >= opSuccess {
		return
	}
	s.mu.Unlock()
	defer s.mu.Lock()
	select {
	case <-o.done:
	case <-limit:
	case <-c.Context().Done():
	case <-c.life:
	}
}

// cancelOperation gives an operation up, which only LXD 6 does, and answers when it has ended: it fails then, but deletions
// and outgoing migrations go on.
func (s *Server) cancelOperation(c call) (reply, error) {
	o, err := s.operation(c)
	switch {
	case err != nil:
		return reply{}, err
	case o.StatusCode >= opSuccess:
		return reply{}, code(http.StatusBadRequest, "Only running operations can be cancelled")
	case !o.MayCancel:
		return reply{}, code(http.StatusBadRequest, "This operation can't be cancelled")
	}
	o.Status, o.StatusCode = "Cancelling", opCancelling
	s.notify(o)
	switch {
	case o.cancel != nil:
		o.cancel()
	case o.change == nil || !o.change.cancel():
	case s.manual:
		s.hold(o.change)
	default:
		o.change.complete()
	}
	s.until(c, o, nil)
	return done()
}

func newUUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
