package sim

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"time"

	"tarn/lxd"
)

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
	ErrCode     *int                `json:"err_code,omitempty"`    // of newer LXD
	ChildCount  *int                `json:"child_count,omitempty"` // the same
	Location    string              `json:"location"`
	Requestor   map[string]string   `json:"requestor,omitempty"` // who began it, of newer LXD

	project string // that it is told in
	ended   time.Time
	err     error         // how it ended
	dropped bool          // a client has cancelled it, which is no failure
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
	opCancelled  = 401
)

func (o *operation) path() string { return "/1.0/operations/" + o.ID }

// asRunning is the operation as the answer that announces it shows it.
func (o *operation) asRunning() operation {
	shown := *o
	shown.Status, shown.StatusCode, shown.Err = "Running", opRunning, ""
	if o.ErrCode != nil {
		shown.ErrCode = new(int)
	}
	return shown
}

// task is what an operation says of itself.
type task struct {
	location, description string
	resources             map[string][]string
	entity                string // address of what it is about; LXD 6 says it
	missing               string // the same, of what there is not: LXD 6 does not begin then
	original              string // that it had before, of what is renamed
}

// newOperation makes an operation that runs until its end is called.
func (s *Server) newOperation(c call, t task) *operation {
	if t.resources == nil && s.product.ResourcesAreAddresses || s.product.NamesNoResources {
		t.resources = map[string][]string{}
	}
	at := now()
	o := &operation{
		ID: newUUID(), Class: "task", Description: t.description, CreatedAt: at, UpdatedAt: at, Status: "Pending", StatusCode: opPending,
		Resources: t.resources, Location: t.location, done: make(chan struct{}), project: cmp.Or(c.query.Get("project"), lxd.DefaultProject),
	}
	o.MayCancel = s.product.Cancels
	if s.product.ErrorCodes {
		o.ErrCode = new(int)
	}
	if s.product.CountsChildren {
		o.ChildCount = new(int)
	}
	if s.product.ShowsRequestor {
		o.Requestor = map[string]string{"username": "root", "protocol": "unix", "address": "@"}
	}
	if s.product.MetadataIsNeverNull {
		o.Metadata = map[string]any{}
	}
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

// endOperation notes how an operation ended.
func (s *Server) endOperation(o *operation, err error) {
	o.Status, o.StatusCode, o.ended = "Success", opSuccess, now()
	switch {
	case o.dropped:
		o.Status, o.StatusCode = "Cancelled", opCancelled
	case err != nil:
		said := s.inItsWords(err)
		o.err = said
		o.Status, o.StatusCode, o.Err = "Failure", opFailure, said.text
		if o.ErrCode != nil {
			*o.ErrCode = said.code
		}
	}
	if s.product.CancelsMigrations {
		o.MayCancel = false
	}
	close(o.done)
	s.notify(o)
}

// resources is what the server says that an operation on a snapshot is about; LXD 5.0.2 names neither the pool nor the
// snapshot.
func (s *Server) resources(c call, a address, snapshot string, creates bool) map[string][]string {
	if project := c.query.Get("project"); project != "" && s.product.ResourcesInCallsProject {
		a.key.Project = project // the one of the call, also when its volumes live elsewhere
	}
	if s.product.ResourcesLackMember {
		a.key.Member = ""
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

func newUUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
