// Package sim answers the storage API as one of several versions of LXD and Incus does, without storage: requests go in over HTTP, answers
// come out with the same codes, envelopes and error texts, and the state that they leave is a plain value. It never touches
// a disk other than the file that it was told to keep its state in, nor any real server.
//
// It can be LXD 5.0.2, 5.21.7 or 6.9, Incus 6.0.4 or 7.3. LXD 5.0.2 and Incus 6.0.4 are compared with real servers, the others
// with recordings of them (testdata/recorded). LXD 6 answers changes of pools, volumes and snapshots with operations (202)
// where the others have made them before they answer. Each of the two API extensions by which a client can tell does that
// by itself: storage_and_profile_operations for volumes, storage_and_network_operations for pools.
//
// It knows the drivers dir, btrfs, zfs, lvm, ceph and cephfs, projects with their limits.disk, profiles, empty instances,
// snapshots, copies and moves, operations, migration between simulated servers, and clusters. Newer products have backups,
// which hold nothing: they are neither exported nor imported. It does not know networks. No bytes are kept: a volume is its name, config and size, and a text that a test may put into the state file for
// its data ("content"), which is copied, moved, sent, restored and deleted with it. What the server does in the background
// is done here before the answer, though the answer says, as the real one does, that it is under way; only a migration, and
// what a [Fault] makes slow, goes on after it.
//
// A test can stop what is going on: after [Server.PauseChanges] each change stops before each of its phases until
// [Server.Advance] lets it go on, and what is listed in between is what a real server lists. [Server.Kill] is a SIGKILL and
// a restart at such a point: what was under way stays half done.
//
// # What a request goes through
//
// Read the files in this order; each is short.
//
//   - connections.go and tls.go accept connections: a socket, HTTPS, or a pipe within the process.
//   - serve.go has the way of a request from there to its answer: log it, take its path apart, find who handles it, save what
//     it has changed, write. One request at a time is handled, under the server's lock.
//   - routes.go is the table of addresses and methods; request.go reads bodies and If-Match, reply.go writes envelopes.
//   - pools.go is the simplest handler, with pool_create.go, pool_update.go and, for clusters, pool_members.go and cluster.go.
//   - lookup.go refuses what an address names that is not there, on products that look that up before all else.
//   - volumes.go reads volumes; volume_address.go finds the one that a request names; volume_create.go and the others that
//     begin with volume_ change them. config.go judges their config and fills in what the server does, users.go says what
//     uses them. snapshots.go and snapshot_create.go do the same for snapshots.
//   - change.go does what takes several phases, operations.go has the operations that tell of it. migration.go joins two
//     servers for a volume that one sends to the other.
//   - projects.go, profiles.go and instances.go read the rest of what tarn asks for; project_limits.go refuses what a project
//     does not allow.
//   - state.go opens, changes and saves the state. Package [tarn/lxd/sim/state] has its types and its file, package
//     [tarn/lxd/sim/product] what each of them does in a way of its own: handlers ask that table.
//
// Only for the servers of tests, and for lxc, which send what tarn never does: project_write.go, project_config.go,
// profile_write.go, instance_write.go, events.go. Only for tests of what goes wrong: faults.go, with
// package [tarn/lxd/sim/fault], pause.go and kill.go. Only for rehearsals: from_live.go.
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
//	  "product": "incus-6",                           or lxd-5.21, lxd-6, incus-7; absent for lxd-5.0
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
	"strconv"
	"sync"
	"time"

	"tarn/lxd/sim/product"
	"tarn/lxd/sim/state"
)

// Server is a simulated LXD. It is an http.Handler, safe for concurrent use.
type Server struct {
	mu             sync.Mutex
	state          *State
	product        *product.Product     // that state has
	file           *state.File          // nil keeps the state in memory
	changed        map[state.Entry]bool // since it was last saved
	operations     map[string]*operation
	lostISO        map[*Volume]bool      // those that the server does not find the data of any more
	listeners      map[chan event]string // to events of a project; "" is all of them
	faults         []*Fault
	requests       []Request
	pipes          *pipes
	conns          map[net.Conn]bool // that clients have
	addresses      []string          // on the network where it answers HTTPS
	started        time.Time
	life           life
	closed         bool
	connectTimeout time.Duration // how long a migration waits for its other side; 0 for as long as the product does

	pauses     bool          // changes stop before each phase
	paused     []*change     // in order of beginning
	morePaused chan struct{} // closed when one of them can go on

	identify func() (identity, error) // once
}

// New gives a server that holds this, which then belongs to it; nil is a server without pools. It panics for a product that
// there is not.
func New(holds *State) *Server {
	if holds == nil {
		holds = &State{}
	}
	kind, ok := product.Find(holds.Product)
	if !ok {
		panic("sim: there is no product " + strconv.Quote(holds.Product))
	}
	s := &Server{
		state: holds, product: kind, operations: map[string]*operation{}, lostISO: map[*Volume]bool{}, listeners: map[chan event]string{}, pipes: newPipes(), conns: map[net.Conn]bool{},
		started: now(), life: make(life), morePaused: make(chan struct{}),
	}
	s.complete()
	s.setIdentity(newUUID())
	return s
}

// Simulates names what the server is: LXD 5.0.2.
func (s *Server) Simulates() string { return s.product.String() }

// setIdentity gives the server its identity, the same for the same name.
func (s *Server) setIdentity(name string) {
	s.identify = sync.OnceValues(func() (identity, error) { return newIdentity(name) })
}

// now is the time as the server writes it.
func now() time.Time { return time.Now().UTC() }
