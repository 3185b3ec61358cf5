package sim

import (
	"crypto/rand"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// lifetime is how long a finished operation can be asked about.
const lifetime = 5 * time.Second

// operation is something done in the background. Here it is over before it is answered.
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
	Location    string              `json:"location"`

	ended time.Time
}

func (o *operation) path() string { return "/1.0/operations/" + o.ID }

// running is the operation as the answer that announces it shows it.
func (o *operation) running() operation {
	shown := *o
	shown.Status, shown.StatusCode, shown.Err = "Running", 103, ""
	return shown
}

func (o *operation) fail(text string) { o.Status, o.StatusCode, o.Err = "Failure", 400, text }

// start carries something out and gives the operation of it.
func (s *Server) start(description string, resources map[string][]string, do func() error) (reply, error) {
	at := now()
	o := &operation{
		ID: newUUID(), Class: "task", Description: description, CreatedAt: at, UpdatedAt: at,
		Status: "Success", StatusCode: 200, Resources: resources, Location: "none", ended: at,
	}
	if err := do(); err != nil {
		o.fail(err.Error())
	}
	s.changed = true
	s.operations[o.ID] = o
	return reply{operation: o}, nil
}

// resources is what LXD 5.0.2 says that an operation on the volume is about: without its pool.
func (a address) resources() map[string][]string {
	return map[string][]string{"storage_volumes": {"/1.0/storage_volumes/" + a.key.Name}}
}

// snapshotResources is the same of an operation on a snapshot: without the snapshot.
func (a address) snapshotResources() map[string][]string {
	return map[string][]string{"storage_volume_snapshots": {"/1.0/storage_volume_snapshots/" + a.key.Name}}
}

// forget drops what ended too long ago.
func (s *Server) forget() {
	maps.DeleteFunc(s.operations, func(_ string, o *operation) bool { return time.Since(o.ended) > lifetime })
}

func (s *Server) listOperations(c call) (reply, error) {
	s.forget()
	urls, all := map[string][]string{}, map[string][]*operation{}
	for _, id := range slices.Sorted(maps.Keys(s.operations)) {
		o := s.operations[id]
		status := strings.ToLower(o.Status)
		urls[status] = append(urls[status], o.path())
		all[status] = append(all[status], o)
	}
	if c.recursive() {
		return sync200(all), nil
	}
	return sync200(urls), nil
}

// getOperation also serves those who wait: nothing is under way here.
func (s *Server) getOperation(c call) (reply, error) {
	s.forget()
	o := s.operations[c.path[1]]
	if o == nil {
		return reply{}, code(http.StatusNotFound, "Operation not found")
	}
	return sync200(*o), nil
}

func (s *Server) cancelOperation(c call) (reply, error) {
	if _, err := s.getOperation(c); err != nil {
		return reply{}, err
	}
	return reply{}, code(http.StatusBadRequest, "Only running operations can be cancelled")
}

func newUUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
