// Package sim answers the storage API as LXD 5.0.2 or Incus 6.0.4 do, without storage: requests go in over HTTP, answers
// come out with the same codes, envelopes and error texts, and the state that they leave is a plain value. It never touches
// a disk other than the file that it was told to keep its state in, nor any real server.
//
// It can be LXD 6.8, too, which answers changes of pools, volumes and snapshots with operations (202) where 5.0.2 has made
// them before it answers. Each of the two API extensions by which a client can tell does that by itself:
// storage_and_profile_operations for volumes, storage_and_network_operations for pools. All that it does otherwise than
// 5.0.2 is known from LXD's public documentation and was not seen on a server.
//
// It knows the drivers dir, btrfs, zfs, lvm, ceph and cephfs, projects with their limits.disk, profiles, empty instances, snapshots,
// copies and moves, operations, migration between simulated servers, and clusters. It does not know backups or networks. No bytes are kept: a volume
// is its name, config and size, and a text that a test may put into the state file for its data ("content"), which is copied, moved, sent,
// restored and deleted with it. What the server does in the background is done here before the answer, though the answer
// says, as the real one does, that it is under way; only a migration, and what a [Fault] makes slow, goes on after it.
//
// A test can hold what is going on: after [Server.Manual] each change stops before each of its phases until
// [Server.Advance] lets it go on, and what is listed in between is what a real server lists. [Server.Kill] is a SIGKILL and
// a restart at such a point: what was under way stays half done.
//
// # The state file
//
// [Open] reads it, and after each change it is replaced as a whole, so that it is always either the old or the new one. A
// file of more than 256 KiB is left as it is at first: what changes goes into FILE.journal beside it, whose changes the
// next [Open] makes, and which is gone when [Server.Close] has brought the file up to date. A kill at any time leaves all
// that was answered; when the whole machine stops, the last entries of a journal may be lost. While the file is open it is
// locked by FILE.lock. It is JSON, and may be written by hand:
//
//	{
//	  "format": 1,
//	  "serial": 1,                                    of the volume that was created last
//	  "product": "incus",                             Incus 6.0.4; lxd-6 for LXD 6.8, absent for LXD 5.0.2
//	  "extensions": ["etag", "projects"],             of the API, all of them; absent for those of the product
//	  "drivers": ["btrfs", "dir"],                    what pools can be created with, null for all six
//	  "members": {                                    of a cluster; absent for a server of its own
//	    "n1": {},                                     the first one that is online answers
//	    "n2": {"offline": true},
//	    "n3": {"refuses": "no space left"}            it creates no pool, and says this
//	  },
//	  "pools": {
//	    "fast": {
//	      "driver": "zfs", "description": "", "config": {"source": "…"},
//	      "status": "",                               in a cluster: Pending, Errored, or "" for Created
//	      "members": {                                in a cluster: what each member has; absent when it was created everywhere
//	        "n1": {"status": "", "config": {"source": "…"}}
//	      },
//	      "volumes": {                                in a cluster project/type/name/member, unless the driver is ceph or cephfs
//	        "default/custom/pgdata": {                project/type/name
//	          "serial": 1, "content_type": "filesystem", "description": "", "config": {"size": "1GiB"},
//	          "bytes": 0,                             size of a block volume's device
//	          "used": 0,                              bytes that it holds
//	          "content": "rows",                      stands for its data; snapshots have it too
//	          "snapshots": [{"name": "snap0", "description": "", "config": {}, "expires_at": null}]
//	        }
//	      }
//	    }
//	  },
//	  "projects": {"default": {"description": "", "config": {"features.storage.volumes": "true"}}},
//	  "profiles": {"default/default": {"description": "", "config": {}, "devices": {"root": {"type": "disk", "pool": "fast"}}}},
//	  "instances": {"default/web1": {"running": true, "profiles": ["default"], "devices": {}}}
//	}
package sim

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"tarn/lxd/sim/product"
	"tarn/lxd/sim/state"
)

// Server is a simulated LXD. It is an http.Handler, safe for concurrent use.
type Server struct {
	mu         sync.Mutex
	state      *State
	product    *product.Product     // that state has
	file       *state.File          // nil keeps the state in memory
	changed    map[state.Entry]bool // since it was last saved
	operations map[string]*operation
	listeners  map[chan event]string // to events of a project; "" is all of them
	faults     []*Fault
	requests   []Request
	pipes      *pipes
	conns      map[net.Conn]bool // that clients have
	addresses  []string          // on the network where it answers HTTPS
	started    time.Time
	life       life
	closed     bool
	patience   time.Duration // with who does not connect to a migration; 0 for that of the product

	manual bool          // changes are let go on by hand
	held   []*change     // in order of beginning
	news   chan struct{} // closed when one of them can go on

	identify func() (identity, error) // once
}

// New gives a server that holds this, which then belongs to it; nil is a server without pools. It panics for a product that
// there is not.
func New(holds *State) *Server {
	if holds == nil {
		holds = &State{}
	}
	is, ok := product.Find(holds.Product)
	if !ok {
		panic("sim: there is no product " + strconv.Quote(holds.Product))
	}
	s := &Server{
		state: holds, product: is, operations: map[string]*operation{}, listeners: map[chan event]string{}, pipes: newPipes(), conns: map[net.Conn]bool{},
		started: now(), life: make(life), news: make(chan struct{}),
	}
	s.complete()
	s.known(newUUID())
	return s
}

// known gives the server its identity, the same for the same name.
func (s *Server) known(name string) {
	s.identify = sync.OnceValues(func() (identity, error) { return newIdentity(name) })
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	fault, life := s.log(r), s.life
	s.mu.Unlock()
	if !s.beginFault(fault, life, r) {
		return
	}
	if r.Method == http.MethodOptions { // of any address
		return
	}
	c := call{Request: r, query: r.URL.Query(), fault: fault, life: life}
	for segment := range strings.SplitSeq(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/") {
		text, err := url.PathUnescape(segment)
		if err != nil {
			notFound("not found").write(w)
			return
		}
		c.path = append(c.path, text)
	}
	if len(c.path) > 1 && slices.Contains(c.path, "") {
		notFound("not found").write(w)
		return
	}
	if len(c.path) == 4 && c.path[1] == "operations" && c.path[3] == "websocket" {
		c.path = c.path[1:]
		s.serveStream(w, c)
		return
	}
	if len(c.path) == 2 && c.path[1] == "events" && r.Header.Get("Upgrade") != "" {
		s.serveEvents(w, c)
		return
	}
	s.mu.Lock()
	var answer reply
	if !life.ended() {
		answer = s.answer(c)
	}
	if life.ended() { // perhaps while it was answered
		s.mu.Unlock()
		panic(http.ErrAbortHandler) // like a daemon that is gone
	}
	if err := s.save(); err != nil {
		answer = refuse(http.StatusInternalServerError, "Simulator cannot save its state: %v", err)
	}
	s.mu.Unlock()
	endFault(fault)
	answer.write(w)
}

// call is a request that has been taken apart.
type call struct {
	*http.Request
	query url.Values
	path  []string // below /1.0, unescaped
	fault *Fault   // that happens to it, nil for none
	life  life     // of the server that it came to
}

// logged is the call as the log has it.
func (c call) logged() Request { return Request{c.Method, c.URL.RequestURI()} }

// answer routes a request, or gives what went wrong with it.
func (s *Server) answer(c call) reply {
	if c.fault != nil && c.fault.Code != 0 {
		return refuse(c.fault.Code, "%s", c.fault.Text)
	}
	if c.path[0] == "" {
		return sync200([]string{"/1.0"})
	}
	if c.path[0] != "1.0" {
		return notFound("not found")
	}
	c.path = c.path[1:]
	methods := s.route(c)
	if methods == nil {
		return notFound("not found")
	}
	handle := methods[c.Method]
	if handle == nil {
		if !slices.Contains(knownMethods, c.Method) {
			return refuse(http.StatusNotFound, "Method %q not found", c.Method)
		}
		return refuse(http.StatusNotImplemented, "not implemented")
	}
	result, err := handle(c)
	if err != nil {
		return refusal(err)
	}
	if result.operation != nil {
		shown := result.operation.running()
		result.operation = &shown // it may end before it is shown
	}
	return result
}

// knownMethods are what some address or other can be asked with.
var knownMethods = []string{"DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"}

// methods are the ways to use one address.
type methods map[string]func(call) (reply, error)

// route finds what an address can do, nil for no such address.
func (s *Server) route(c call) methods {
	p := c.path
	if len(p) == 0 {
		return methods{"GET": s.getServer}
	}
	switch p[0] {
	case "operations":
		switch {
		case len(p) == 1:
			return methods{"GET": s.listOperations}
		case len(p) == 2:
			return methods{"GET": s.getOperation, "DELETE": s.cancelOperation}
		case len(p) == 3 && p[2] == "wait":
			return methods{"GET": s.waitOperation}
		}
	case "projects":
		switch len(p) {
		case 1:
			return methods{"GET": s.listProjects, "POST": s.createProject}
		case 2:
			return methods{"GET": s.getProject, "DELETE": s.deleteProject, "PUT": s.putProject, "PATCH": s.putProject, "POST": s.renameProject}
		case 3:
			if p[2] == "state" {
				return methods{"GET": s.getProjectState}
			}
		}
	case "profiles":
		switch len(p) {
		case 1:
			return methods{"GET": s.listProfiles, "POST": s.createProfile}
		case 2:
			return methods{"GET": s.getProfile, "PUT": s.putProfile, "PATCH": s.putProfile, "POST": s.renameProfile, "DELETE": s.deleteProfile}
		}
	case "instances":
		if len(p) == 1 {
			return methods{"GET": s.listInstances, "POST": s.createInstance}
		}
		if len(p) == 2 {
			return methods{"GET": s.getInstance, "PUT": s.putInstance, "PATCH": s.putInstance, "DELETE": s.deleteInstance}
		}
	case "cluster":
		switch {
		case len(p) == 1:
			return methods{"GET": s.getCluster}
		case len(p) == 2 && p[1] == "members":
			return methods{"GET": s.listMembers}
		case len(p) == 3 && p[1] == "members":
			return methods{"GET": s.getMember}
		}
	case "storage-pools":
		return s.routePools(c)
	}
	return nil
}

func (s *Server) routePools(c call) methods {
	p := c.path
	switch {
	case len(p) == 1:
		return methods{"GET": s.listPools, "POST": s.createPool}
	case len(p) == 2:
		return methods{"GET": s.getPool, "PUT": s.putPool, "PATCH": s.patchPool, "DELETE": s.deletePool}
	case p[2] == "resources" && len(p) == 3:
		return methods{"GET": s.getResources}
	case p[2] != "volumes":
		return nil
	}
	switch {
	case len(p) == 3 || len(p) == 4:
		return methods{"GET": s.listVolumes, "POST": s.createVolume}
	case len(p) == 5:
		return methods{"GET": s.getVolume, "PUT": s.putVolume, "PATCH": s.patchVolume, "POST": s.postVolume, "DELETE": s.deleteVolume}
	case len(p) == 6 && p[5] == "state":
		return methods{"GET": s.getState}
	case len(p) == 6 && p[5] == "backups":
		return methods{"GET": s.listBackups}
	case len(p) == 6 && p[5] == "snapshots":
		return methods{"GET": s.listSnapshots, "POST": s.createSnapshot}
	case len(p) == 7 && p[5] == "snapshots":
		return methods{"GET": s.getSnapshot, "PUT": s.putSnapshot, "PATCH": s.putSnapshot, "POST": s.renameSnapshot, "DELETE": s.deleteSnapshot}
	}
	return nil
}

// now is the time as the server writes it.
func now() time.Time { return time.Now().UTC() }
