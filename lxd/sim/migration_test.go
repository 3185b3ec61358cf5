package sim_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"tarn/lxd"
	"tarn/lxd/lxdtest"
	"tarn/lxd/migrate"
	"tarn/lxd/sim"
)

// serveHTTPS serves a simulator on the network until the end and gives its address.
func serveHTTPS(t *testing.T, server *sim.Server) string {
	t.Helper()
	address, stop := listenHTTPS(t, server)
	t.Cleanup(stop)
	return address
}

// listenHTTPS serves a simulator on the network until it is stopped.
func listenHTTPS(t *testing.T, server *sim.Server) (address string, stop func()) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	secure, err := server.Secure(listener)
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(secure)
	return "https://" + listener.Addr().String(), func() { listener.Close() }
}

// What lxc says and leaves when it copies and moves volumes between two servers, in each mode, is the same for simulators
// as for LXD, and what incus does as for Incus.
func TestMigrationBesideServers(t *testing.T) {
	lxdtest.Nightly(t)
	t.Run("LXD", func(t *testing.T) { migrateBeside(t, sim.State{}, lxdtest.New(t), lxdtest.New(t)) })
	t.Run("Incus", func(t *testing.T) {
		migrateBeside(t, sim.State{Product: "incus"}, lxdtest.NewIncus(t), lxdtest.NewIncus(t))
	})
}

func migrateBeside(t *testing.T, kind sim.State, servers ...*lxdtest.Server) {
	// The client of the first server knows all four: a and b are real, c and d simulated.
	client := func(args ...string) string {
		out, err := servers[0].LXC(t.Context(), args...)
		if err != nil {
			return out + err.Error()
		}
		return out
	}
	for i, server := range servers {
		if _, err := server.Listen(t.Context()); err != nil {
			t.Fatal(err)
		}
		token, err := server.Token(t.Context(), "test")
		if err != nil {
			t.Fatal(err)
		}
		state := kind
		client("remote", "add", "ab"[i:i+1], token)
		client("remote", "add", "cd"[i:i+1], serveHTTPS(t, sim.New(&state)), "--accept-certificate")
	}
	commands := []string{
		"storage create a:p dir", "storage create b:p dir", "storage volume create a:p v user.a=1", "storage volume snapshot a:p v s0",
		"storage volume create b:p taken user.theirs=1", "storage volume create a:p disk --type block size=8MiB", "storage volume create a:p used",
		"profile device add a:default data disk pool=p source=used path=/data",
	}
	for _, mode := range []string{"pull", "push", "relay"} {
		for _, from := range []string{"v", "disk", "nope"} {
			for _, to := range []string{"b:p/" + from + "-" + mode, "b:p/taken", "b:nope/" + from} {
				commands = append(commands, "storage volume copy a:p/"+from+" "+to+" --mode "+mode)
			}
		}
		commands = append(commands,
			"storage volume copy a:p/v b:p/alone-"+mode+" --volume-only --mode "+mode,
			"storage volume show b:p v-"+mode,
			"storage volume create a:p go-"+mode, "storage volume snapshot a:p go-"+mode,
			"storage volume move a:p/go-"+mode+" b:p/gone-"+mode+" --mode "+mode,
			"storage volume move a:p/used b:p/used-"+mode+" --mode "+mode,
			"storage volume snapshot a:p v after-"+mode,
			"storage volume copy a:p/v b:p/v-"+mode+" --refresh --mode "+mode,
		)
	}
	commands = append(commands,
		"storage volume create a:p more user.a=1", "storage volume snapshot a:p more one", "storage volume snapshot a:p more two",
		"storage volume copy a:p/more b:p/more --refresh", "storage volume set b:p more user.a 2", "query -X DELETE --wait a:/1.0/storage-pools/p/volumes/custom/more/snapshots/one",
		"storage volume snapshot a:p more three", "storage volume snapshot b:p more theirs", "storage volume set a:p more user.b 3",
		"storage volume copy a:p/more b:p/more --refresh", "storage volume show b:p more", "storage volume copy a:p/more b:p/more --refresh --volume-only",
	)
	commands = append(commands, "storage volume list a:p --format csv", "storage volume list b:p --format csv",
		"profile show a:default")
	made := regexp.MustCompile(`(?m)^\s*"?(created_at|updated_at|id)"?: .*$`)
	simulated := strings.NewReplacer("a:", "c:", "b:", "d:")
	real := strings.NewReplacer("c:", "a:", "d:", "b:")
	for _, command := range commands {
		want := made.ReplaceAllString(client(strings.Fields(command)...), "")
		got := made.ReplaceAllString(real.Replace(client(strings.Fields(simulated.Replace(command))...)), "")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s\nserver - simulator +\n%s", command, diff)
		}
	}
}

// migrationServer is one of the servers of a migration, with the pool p.
type migrationServer struct {
	*testServer
	socket *http.Client // for what the client has no method for
}

func simulatedMigrationServer(t *testing.T, product string) *migrationServer {
	t.Helper()
	f := newTestServer(t, product)
	f.server.SetConnectTimeout(500 * time.Millisecond)
	serveHTTPS(t, f.server)
	return &migrationServer{f, &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return f.server.Dial(ctx) }}}}
}

func realMigrationServer(t *testing.T) *migrationServer {
	t.Helper()
	server := lxdtest.New(t)
	server.Run(t, "storage", "create", "p", "dir")
	f := &testServer{lxd.NewUnix(server.Socket(), lxd.Options{}), t, nil}
	t.Cleanup(f.Close)
	f.succeeds(f.create("v"))
	return &migrationServer{f, &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", server.Socket())
		},
		DisableKeepAlives: true, // LXD 5.0.2 waits for connections that say nothing
	}}}
}

// begin sends a request that starts an operation which waits for its streams, and gives its path and secrets.
func (s *migrationServer) begin(path, body string) (operation string, secrets map[string]any) {
	s.t.Helper()
	resp, err := s.socket.Post("http://lxd"+path, "application/json", strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer := struct {
		Operation string
		Metadata  struct{ Metadata map[string]any }
	}{}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.Operation == "" {
		s.t.Fatalf("%s: %+v, %v", path, answer, err)
	}
	return answer.Operation, answer.Metadata.Metadata
}

// stream connects to a stream of an operation.
func (s *migrationServer) stream(operation string, secret any) *websocket.Conn {
	s.t.Helper()
	conn, _, err := websocket.Dial(s.t.Context(), fmt.Sprintf("http://lxd%s/websocket?secret=%s", operation, secret), &websocket.DialOptions{HTTPClient: s.socket})
	if err != nil {
		s.t.Fatal(err)
	}
	return conn
}

// ended waits for an operation and gives its status.
func (s *migrationServer) ended(operation string) string {
	s.t.Helper()
	op, err := s.Operation(s.t.Context(), strings.TrimPrefix(operation, "/1.0/operations/"))
	if err != nil {
		s.t.Fatal(err)
	}
	_ = op.Wait(s.t.Context(), nil) // its status says it
	return op.Info().Status
}

// Streams that break once the servers have found each other leave the source as it was and nothing at the target, on LXD
// as on simulators.
func TestBrokenStreams(t *testing.T) {
	for name, start := range map[string]func(*testing.T) *migrationServer{
		"LXD": realMigrationServer, "simulator": func(t *testing.T) *migrationServer { return simulatedMigrationServer(t, "") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from, to := start(t), start(t)
			sending, secrets := from.begin("/1.0/storage-pools/p/volumes/custom/v", `{"name":"v","pool":"p","migration":true}`)
			receiving, others := to.begin("/1.0/storage-pools/p/volumes/custom",
				`{"name":"w","type":"custom","content_type":"filesystem","config":{},"source":{"type":"migration","mode":"push","name":"v","pool":"p"}}`)
			conns := map[string][2]*websocket.Conn{}
			for _, stream := range []string{"control", "fs"} {
				conns[stream] = [2]*websocket.Conn{from.stream(sending, secrets[stream]), to.stream(receiving, others[stream])}
			}
			kind, header, err := conns["control"][0].Read(t.Context())
			if err == nil {
				err = conns["control"][1].Write(t.Context(), kind, header)
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, pair := range conns {
				_ = pair[0].CloseNow()
				_ = pair[1].CloseNow()
			}
			if status := from.ended(sending); status != "Failure" {
				t.Errorf("the source's operation: %s", status)
			}
			if status := to.ended(receiving); status != "Failure" {
				t.Errorf("the target's operation: %s", status)
			}
			from.has("v", true)
			to.has("w", false)
		})
	}
}

// A volume that goes away while it waits to be fetched makes nothing at the target.
func TestMigrationOfDeletedVolume(t *testing.T) {
	for name, start := range map[string]func(*testing.T) *migrationServer{
		"LXD": realMigrationServer, "simulator": func(t *testing.T) *migrationServer { return simulatedMigrationServer(t, "") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from := start(t)
			sending, secrets := from.begin("/1.0/storage-pools/p/volumes/custom/v", `{"name":"v","pool":"p","migration":true}`)
			from.succeeds(from.DeleteVolume(t.Context(), volume("v")))
			for _, stream := range []string{"control", "fs"} {
				defer from.stream(sending, secrets[stream]).CloseNow()
			}
			if status := from.ended(sending); status != "Failure" {
				t.Errorf("the source's operation: %s", status)
			}
		})
	}
}

// A stream has one client, whoever comes first.
func TestStreamsAreTakenOnce(t *testing.T) {
	for range 20 {
		from := simulatedMigrationServer(t, "")
		sending, secrets := from.begin("/1.0/storage-pools/p/volumes/custom/v", `{"name":"v","pool":"p","migration":true}`)
		var clients sync.WaitGroup
		var taken atomic.Int64
		for range 4 {
			for _, stream := range []string{"control", "fs"} {
				clients.Go(func() {
					conn, _, err := websocket.Dial(t.Context(), fmt.Sprintf("http://lxd%s/websocket?secret=%s", sending, secrets[stream]), &websocket.DialOptions{HTTPClient: from.socket})
					if err == nil {
						taken.Add(1)
						conn.CloseNow()
					}
				})
			}
		}
		clients.Wait()
		if n := taken.Load(); n != 2 {
			t.Errorf("%d clients have two streams", n)
		}
		if status := from.ended(sending); status != "Failure" {
			t.Errorf("the source's operation: %s", status)
		}
	}
}

// Whatever goes wrong in a migration, in each mode and on either side, the source stays and the target has nothing of it when
// that ends the run; the next run gets through.
func TestMigrationFaults(t *testing.T) {
	const volumes, stream = "/volumes/custom", "/websocket"
	for name, c := range map[string]struct {
		modes []migrate.Mode
		at    string // source or target
		path  string
		fault sim.Fault
		says  string
	}{
		"the target fails":           {nil, "target", volumes, sim.Fault{Operation: "no space left"}, "no space left"},
		"the target is busy":         {nil, "target", volumes, sim.Fault{Code: 503, Text: "try later"}, "the target: try later"},
		"the target breaks off":      {nil, "target", volumes, sim.Fault{DropBefore: true}, "the target: "},
		"its answer is lost":         {nil, "target", volumes, sim.Fault{DropAfter: true}, "the target: "},
		"the source fails":           {nil, "source", volumes, sim.Fault{Operation: "cannot read"}, ""},
		"the source is busy":         {nil, "source", volumes, sim.Fault{Code: 503, Text: "try later"}, "the source: try later"},
		"the source's answer lost":   {nil, "source", volumes, sim.Fault{DropAfter: true}, "the source: "},
		"no stream at the source":    {[]migrate.Mode{migrate.Pull, migrate.Relay}, "source", stream, sim.Fault{DropBefore: true}, ""},
		"source's control breaks":    {[]migrate.Mode{migrate.Pull, migrate.Relay}, "source", stream, sim.Fault{DropAfter: true}, ""},
		"source's second breaks":     {[]migrate.Mode{migrate.Pull, migrate.Relay}, "source", stream, sim.Fault{Nth: 2, DropAfter: true}, ""},
		"no stream at the target":    {[]migrate.Mode{migrate.Push, migrate.Relay}, "target", stream, sim.Fault{DropBefore: true}, ""},
		"target's control breaks":    {[]migrate.Mode{migrate.Push, migrate.Relay}, "target", stream, sim.Fault{DropAfter: true}, ""},
		"target's second breaks":     {[]migrate.Mode{migrate.Push, migrate.Relay}, "target", stream, sim.Fault{Nth: 2, DropAfter: true}, ""},
		"slow, and the target fails": {nil, "target", volumes, sim.Fault{Lasts: 10 * time.Millisecond, Operation: "no space left"}, "no space left"},
	} {
		if c.modes == nil {
			c.modes = []migrate.Mode{migrate.Pull, migrate.Push, migrate.Relay}
		}
		for _, mode := range c.modes {
			for _, product := range products {
				t.Run(fmt.Sprintf("%s, %s, %s", name, mode, product), func(t *testing.T) {
					t.Parallel()
					from, to := simulatedMigrationServer(t, product), simulatedMigrationServer(t, product)
					from.succeeds(from.CreateSnapshot(t.Context(), volume("v"), lxd.SnapshotCreate{Name: "s"}))
					fault := c.fault
					fault.Method, fault.Path, fault.Nth = "", regexp.MustCompile(c.path), max(fault.Nth, 1)
					if c.path == volumes {
						fault.Method = "POST"
					}
					map[string]*migrationServer{"source": from, "target": to}[c.at].server.Inject(&fault)
					move := func() error {
						return migrate.Volume(t.Context(), from.Client, volume("v"), to.Client, volume("w"), migrate.Options{
							Mode: mode, Move: true, Idle: time.Millisecond, Retry: func(_ context.Context, err error) error { return err },
						})
					}
					if err := move(); err == nil || !strings.Contains(err.Error(), c.says) {
						t.Errorf("%v, want %q", err, c.says)
					}
					from.has("v", true)
					to.has("w", false)
					if err := move(); err != nil {
						t.Errorf("the next try: %v", err)
					}
					from.has("v", false)
					to.has("w", true)
					if _, err := to.Snapshot(t.Context(), volume("w"), "s"); err != nil {
						t.Error(err)
					}
				})
			}
		}
	}
}

// What comes after the data has arrived is seen through, also when answers are lost and what they were about goes on: the
// mark of a migration goes, and so does the source.
func TestMigrationIsSeenThrough(t *testing.T) {
	for _, product := range []string{"", "lxd-5.21", "lxd-6"} {
		for name, c := range map[string]struct{ method, at string }{"the mark": {"PATCH", "target"}, "the source": {"DELETE", "source"}} {
			t.Run(name+" "+product, func(t *testing.T) {
				t.Parallel()
				from, to := simulatedMigrationServer(t, product), simulatedMigrationServer(t, product)
				map[string]*migrationServer{"source": from, "target": to}[c.at].server.Inject(
					&sim.Fault{Method: c.method, Nth: 1, DropAfter: true, Lasts: 150 * time.Millisecond},
					&sim.Fault{Method: c.method, Nth: 2, Lasts: 300 * time.Millisecond},
				)
				if err := migrate.Volume(t.Context(), from.Client, volume("v"), to.Client, volume("w"), migrate.Options{Move: true}); err != nil {
					t.Error(err)
				}
				from.has("v", false)
				if w, err := to.Volume(t.Context(), volume("w")); err != nil || w.Config[migrate.MigratingKey] != "" {
					t.Errorf("%+v, %v", w, err)
				}
			})
		}
	}
}

// A source that is in use could not go in the end, so that nothing is begun.
func TestMigrationOfUsedVolume(t *testing.T) {
	from, to := simulatedMigrationServer(t, ""), simulatedMigrationServer(t, "")
	resp, err := from.socket.Do(must(http.NewRequest("PUT", "http://lxd/1.0/profiles/default",
		strings.NewReader(`{"devices":{"data":{"type":"disk","pool":"p","source":"v","path":"/data"}}}`))))
	if err != nil || resp.StatusCode != 200 {
		t.Fatal(resp, err)
	}
	err = migrate.Volume(t.Context(), from.Client, volume("v"), to.Client, volume("w"), migrate.Options{Mode: migrate.Pull, Move: true})
	if err == nil || err.Error() != "something uses it, and would not find it on another server; detach it first" {
		t.Errorf("%v", err)
	}
	from.has("v", true)
	to.has("w", false)
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// In a cluster, where the members are one server here, a volume goes from member to member in each mode.
func TestMigrationBetweenMembers(t *testing.T) {
	for _, product := range products {
		server := sim.New(&sim.State{Product: product, Members: map[string]*sim.Member{"n1": {}, "n2": {}}})
		serveHTTPS(t, server)
		f := &testServer{lxd.NewDialed("sim:", server.Dial, lxd.Options{}), t, server}
		defer f.Close()
		if err := f.CreateClusterPool(t.Context(), lxd.PoolCreate{Name: "p", Driver: "zfs"}, nil); err != nil {
			t.Fatal(err)
		}
		for _, mode := range []migrate.Mode{migrate.Pull, migrate.Push, migrate.Relay, migrate.Any} {
			source := volume("v" + string(mode))
			source.Member = "n1"
			target := source
			target.Member = "n2"
			f.succeeds(f.CreateVolume(t.Context(), source, lxd.VolumeCreate{}))
			if err := migrate.Volume(t.Context(), f.Client, source, f.Client, target, migrate.Options{Mode: mode, Move: true}); err != nil {
				t.Errorf("%s, mode %q: %v", product, mode, err)
			}
			if there, err := f.Volume(t.Context(), volume(source.Name)); err != nil || there.ID() != target {
				t.Errorf("%s, mode %q: %+v, %v", product, mode, there, err)
			}
		}
	}
}

// From LXD 5.0.2 to a newer one, which keeps the volume's UUID to itself, and back.
func TestMigrationToNewer(t *testing.T) {
	old, newer := simulatedMigrationServer(t, ""), simulatedMigrationServer(t, "lxd-6")
	for _, mode := range []migrate.Mode{migrate.Pull, migrate.Push, migrate.Relay} {
		there, back := volume("there-"+string(mode)), volume("back-"+string(mode))
		if err := migrate.Volume(t.Context(), old.Client, volume("v"), newer.Client, there, migrate.Options{Mode: mode}); err != nil {
			t.Errorf("%s: %v", mode, err)
		}
		if err := migrate.Volume(t.Context(), newer.Client, there, old.Client, back, migrate.Options{Mode: mode, Move: true}); err != nil {
			t.Errorf("%s: back: %v", mode, err)
		}
		if v, err := old.Volume(t.Context(), back); err != nil || v.Config["volatile.uuid"] != "" {
			t.Errorf("%s: %+v, %v", mode, v, err)
		}
	}
}

// Servers that announce an address where nobody can reach them are tried one after the other, and then the client is in
// between.
func TestMigrationFindsAWay(t *testing.T) {
	for name, listens := range map[string]struct{ source, target bool }{
		"pull": {true, false}, "push": {false, true}, "relay": {false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // giving up a way takes seconds
			side := func(listens bool) *testServer {
				f := newTestServer(t, "")
				_, stop := listenHTTPS(t, f.server)
				if !listens {
					stop()
				}
				t.Cleanup(stop)
				return f
			}
			from, to := side(listens.source), side(listens.target)
			if err := migrate.Volume(t.Context(), from.Client, volume("v"), to.Client, volume("w"), migrate.Options{}); err != nil {
				t.Fatal(err)
			}
			to.has("w", true)
			streams := func(f *testServer) (n int) {
				for _, request := range f.server.Requests() {
					if strings.Contains(request.Path, "/websocket?") {
						n++
					}
				}
				return n
			}
			// The streams of a way that was given up are not opened: its operation ends by itself.
			got := fmt.Sprint(streams(from), streams(to))
			if want := map[string]string{"pull": "2 0", "push": "0 2", "relay": "2 2"}[name]; got != want {
				t.Errorf("streams at the source and at the target: %s, want %s", got, want)
			}
		})
	}
}
