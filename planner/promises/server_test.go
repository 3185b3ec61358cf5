package promises

import (
	"encoding/json"
	"maps"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"tarn/lxd"
	"tarn/lxd/sim"
)

// server is what a case runs on.
type server interface {
	client() *lxd.Client

	// wire remembers what the client sends.
	wire() *wire

	// members are those of a cluster, the one that the client talks to first; nil without one.
	members() []string

	// empty throws away all that the server holds, and makes the projects anew.
	empty(t *rapid.T, own, shared []string)

	// fill puts something of its own into each volume that holds nothing yet.
	fill(t *rapid.T, d draw)

	// use lets profiles and instances take some of the volumes.
	use(t *rapid.T, d draw)

	// picture is all that the server holds.
	picture(t *rapid.T) picture
}

// picture is what a server holds, for comparing.
type picture struct {
	Pools   map[string]thing
	Volumes map[lxd.VolumeID]thing
	Users   map[string]map[string]map[string]string // devices by profile or instance
}

// thing is one pool or volume.
type thing struct {
	Kind        string // driver or content type
	Description string
	Config      map[string]string
	Holds       string // what the volume has been filled with
	Snapshots   string
}

// wire remembers the requests that change something.
type wire struct {
	mu     sync.Mutex
	writes []string
}

func (w *wire) trace(e lxd.Exchange) {
	if e.Method != http.MethodGet {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.writes = append(w.writes, e.Method+" "+e.Path)
	}
}

// forget gives the requests since the last time.
func (w *wire) forget() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	writes := w.writes
	w.writes = nil
	return writes
}

// simulated is a simulated server, a new one for each case.
type simulated struct {
	log    wire
	conn   *lxd.Client
	server atomic.Pointer[sim.Server]
	state  *sim.State // belongs to the server while there are requests under way
	last   int64      // that a volume was filled with
	kind   sim.State  // what the next server is to be: a cluster, an Incus
}

func newSimulated(t *testing.T) *simulated {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	s := &simulated{}
	s.conn = lxd.NewUnix(socket, lxd.Options{Trace: s.log.trace})
	front := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.server.Load().ServeHTTP(w, r) })}
	go front.Serve(listener)
	t.Cleanup(func() {
		s.conn.Close()
		front.Close()
	})
	return s
}

func (s *simulated) client() *lxd.Client { return s.conn }
func (s *simulated) wire() *wire         { return &s.log }

func (s *simulated) members() []string {
	if s.state == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(s.state.Members))
}

func (s *simulated) empty(_ *rapid.T, own, shared []string) {
	s.last = 0
	s.state = &sim.State{Product: s.kind.Product, Projects: map[string]*sim.Project{}}
	if s.kind.Members != nil {
		s.state.Members = copied(s.kind.Members)
	}
	for _, name := range own {
		if name != lxd.DefaultProject {
			s.state.Projects[name] = &sim.Project{Config: map[string]string{"features.storage.volumes": "true"}}
		}
	}
	for _, name := range shared {
		s.state.Projects[name] = &sim.Project{Config: map[string]string{"features.storage.volumes": "false"}}
	}
	s.restart()
}

// restart puts a server with the same state in the place of the old one, which takes its faults with it, and what it was
// going to do.
func (s *simulated) restart() {
	if old := s.server.Load(); old != nil {
		old.Close() // it has no file
	}
	s.server.Store(sim.New(s.state))
}

func (s *simulated) volumes() map[lxd.VolumeID]*sim.Volume {
	volumes := map[lxd.VolumeID]*sim.Volume{}
	for name, pool := range s.state.Pools {
		for key, volume := range pool.Volumes {
			volumes[lxd.VolumeID{Project: key.Project, Pool: name, Type: key.Type, Name: key.Name, Member: key.Member}] = volume
		}
	}
	return volumes
}

func (s *simulated) fill(_ *rapid.T, d draw) {
	volumes := s.volumes()
	for _, id := range sorted(volumes) {
		if volume := volumes[id]; volume.Used == 0 {
			s.last++
			volume.Used = s.last
			pool := s.state.Pools[id.Pool]
			// Where the server cannot tell how full a volume is, no plan can be blocked by it.
			tells := pool.Driver != "dir" && pool.Driver != "btrfs" && id.Member == "" || pool.Driver == "btrfs" && pool.Quotas
			if tells && volume.Config["size"] == "" && d.chance(10, "much data") {
				volume.Used += 200 << 20
			}
		}
	}
}

func (s *simulated) use(_ *rapid.T, d draw) {
	for _, id := range sorted(s.volumes()) {
		if !d.chance(7, "in use") {
			continue
		}
		devices := map[string]map[string]string{"data": {"type": "disk", "pool": id.Pool, "source": id.Name, "path": "/data"}}
		switch one(d, "user", "profile", "instance", "running instance") {
		case "profile":
			s.state.Profiles[sim.Key{Project: id.Project, Name: "of " + id.String()[:2]}] = &sim.Profile{Devices: devices}
		case "instance":
			s.state.Instances[sim.Key{Project: id.Project, Name: "stopped"}] = &sim.Instance{Devices: devices}
		default:
			s.state.Instances[sim.Key{Project: id.Project, Name: "running"}] = &sim.Instance{Devices: devices, Running: true}
		}
	}
}

func (s *simulated) picture(*rapid.T) picture {
	p := picture{Pools: map[string]thing{}, Volumes: map[lxd.VolumeID]thing{}, Users: map[string]map[string]map[string]string{}}
	for name, pool := range s.state.Pools {
		p.Pools[name] = thing{Kind: pool.Driver, Description: pool.Description, Config: copied(pool.Config)}
	}
	for id, volume := range s.volumes() {
		var snapshots []string
		for _, snapshot := range volume.Snapshots {
			snapshots = append(snapshots, snapshot.Name)
		}
		p.Volumes[id] = thing{Kind: volume.ContentType, Description: volume.Description, Config: copied(volume.Config),
			Holds: holds(volume.Used), Snapshots: strings.Join(snapshots, " ")}
	}
	for key, profile := range s.state.Profiles {
		p.Users["profile "+key.Project+"/"+key.Name] = copied(profile.Devices)
	}
	for key, instance := range s.state.Instances {
		p.Users["instance "+key.Project+"/"+key.Name] = copied(instance.Devices)
	}
	return p
}

// copied is a copy that shares nothing.
func copied[T any](value T) T {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	var other T
	if err := json.Unmarshal(data, &other); err != nil {
		panic(err)
	}
	return other
}

func holds(bytes int64) string {
	if bytes == 0 {
		return ""
	}
	return strconv.FormatInt(bytes, 10)
}

func sorted[T any](volumes map[lxd.VolumeID]T) []lxd.VolumeID {
	return slices.SortedFunc(maps.Keys(volumes), lxd.VolumeID.Compare)
}
