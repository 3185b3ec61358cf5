package sim_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tarn/lxd"
	"tarn/lxd/sim"
)

// newPausingServer is a server whose changes are let go on by hand. It has the pools p and q, and in p the volume v with the snapshot
// s and 1000 bytes in it.
func newPausingServer(t *testing.T, product string) *testServer {
	t.Helper()
	volume := &sim.Volume{Serial: 1, Used: 1000, Config: map[string]string{"user.a": "1"}, Snapshots: []*sim.Snapshot{{Name: "s"}}}
	server := sim.New(&sim.State{Product: product, Pools: map[string]*sim.Pool{
		"p": {Driver: "zfs", Volumes: map[sim.Key]*sim.Volume{{Project: "default", Type: "custom", Name: "v"}: volume}},
		"q": {Driver: "zfs"},
	}})
	server.PauseChanges()
	f := &testServer{lxd.NewDialed("sim:", server.Dial, lxd.Options{}), t, server}
	t.Cleanup(func() {
		f.Close()
		server.Close()
	})
	return f
}

// volumesText shows what the volumes of the pools hold: name, user.a, bytes, snapshots, in order of pools.
func (f *testServer) volumesText() string {
	f.t.Helper()
	var all []string
	for _, pool := range []string{"p", "q"} {
		volumes, err := f.Volumes(f.t.Context(), pool, lxd.VolumeList{})
		if err != nil {
			f.t.Fatal(err)
		}
		for _, v := range volumes {
			state := f.server.State().Pools[pool].Volumes[sim.Key{Project: "default", Type: "custom", Name: v.Name}]
			all = append(all, fmt.Sprintf("%s/%s %s %d %d", pool, v.Name, v.Config["user.a"], state.Used, len(state.Snapshots)))
		}
	}
	return strings.Join(all, ", ")
}

// runPhases lets the only change go on to its end, and gives each phase and what is there after it.
func (f *testServer) runPhases() []string {
	f.t.Helper()
	var seen []string
	for held := f.server.Paused(); len(held) > 0; held = f.server.Paused() {
		if len(held) != 1 || !f.server.Advance(held[0].ID) {
			f.t.Fatalf("%+v", held)
		}
		seen = append(seen, fmt.Sprint(held[0].Next, ": ", f.volumesText()))
	}
	return seen
}

var products = []string{"", "lxd-5.21", "lxd-6", "incus", "incus-7"}

// startPaused starts something that is to be let go on by hand. What is made before the answer waits for that in the background.
func (f *testServer) startPaused(start func() (*lxd.Operation, error)) (wait func() error) {
	f.t.Helper()
	ended := make(chan error, 1)
	before := len(f.server.Paused())
	go func() {
		op, err := start()
		if err == nil {
			err = op.Wait(f.t.Context(), nil)
		}
		ended <- err
	}()
	if _, err := f.server.AwaitPaused(f.t.Context(), before+1); err != nil {
		f.t.Fatal(err)
	}
	return func() error { return <-ended }
}

func (f *testServer) startMove() func() error {
	return f.startPaused(func() (*lxd.Operation, error) { return f.MoveVolume(f.t.Context(), volume("v"), in("q", "v")) })
}

func in(pool, name string) lxd.VolumeID {
	id := volume(name)
	id.Pool = pool
	return id
}

// What is there after each phase of a change.
func TestPhases(t *testing.T) {
	for name, c := range map[string]struct {
		start func(*testServer) (*lxd.Operation, error)
		want  []string
	}{
		"move": {func(f *testServer) (*lxd.Operation, error) {
			return f.MoveVolume(f.t.Context(), volume("v"), in("q", "v"))
		}, []string{
			"target created: p/v 1 1000 1, q/v 1 500 1",
			"content complete: p/v 1 1000 1, q/v 1 1000 1",
			"volume emptied: p/v 1 0 0, q/v 1 1000 1",
			"volume removed: q/v 1 1000 1",
			"ended: q/v 1 1000 1",
		}},
		"copy": {func(f *testServer) (*lxd.Operation, error) {
			return f.CopyVolume(f.t.Context(), volume("v"), volume("w"), lxd.Copy{})
		}, []string{
			"target created: p/v 1 1000 1, p/w 1 500 1",
			"content complete: p/v 1 1000 1, p/w 1 1000 1",
			"ended: p/v 1 1000 1, p/w 1 1000 1",
		}},
		"deletion": {func(f *testServer) (*lxd.Operation, error) { return f.DeleteVolume(f.t.Context(), volume("v")) }, []string{
			"volume emptied: p/v 1 0 0",
			"volume removed: ",
			"ended: ",
		}},
		"rename": {func(f *testServer) (*lxd.Operation, error) { return f.RenameVolume(f.t.Context(), volume("v"), "w") }, []string{
			"done: p/w 1 1000 1",
			"ended: p/w 1 1000 1",
		}},
		"snapshot": {func(f *testServer) (*lxd.Operation, error) {
			return f.CreateSnapshot(f.t.Context(), volume("v"), lxd.SnapshotCreate{Name: "t"})
		}, []string{
			"done: p/v 1 1000 2",
			"ended: p/v 1 1000 2",
		}},
	} {
		for _, product := range products {
			t.Run(name+" "+product, func(t *testing.T) {
				f := newPausingServer(t, product)
				wait := f.startPaused(func() (*lxd.Operation, error) { return c.start(f) })
				if diff := cmp.Diff(c.want, f.runPhases()); diff != "" {
					t.Error(diff)
				}
				if err := wait(); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// What a SIGKILL leaves after each phase. The server answers again, and knows nothing of what it was doing.
func TestKill(t *testing.T) {
	for _, product := range products {
		for after, want := range []string{
			"p/v 1 1000 1",
			"p/v 1 1000 1, q/v 1 500 1",
			"p/v 1 1000 1, q/v 1 1000 1",
			"p/v 1 0 0, q/v 1 1000 1",
			"q/v 1 1000 1",
		} {
			f := newPausingServer(t, product)
			wait := f.startMove()
			id := f.server.Paused()[0].ID
			for range after {
				f.server.Advance(id)
			}
			f.server.Kill()
			if f.server.Advance(id) || len(f.server.Paused()) > 0 {
				t.Error("what was under way goes on")
			}
			// Who waits loses the connection; who asks after it is told that nobody knows it.
			if err := wait(); !errors.Is(err, lxd.ErrTransient) && !errors.Is(err, lxd.ErrOperationGone) {
				t.Errorf("%q: %v", product, err)
			}
			if got := f.volumesText(); got != want {
				t.Errorf("%q: after %d phases there is %s, want %s", product, after, got, want)
			}
			if _, err := f.Operation(t.Context(), id); !errors.Is(err, lxd.ErrNotFound) {
				t.Errorf("%q: %v", product, err)
			}
		}
	}
}

// What is done before the answer may be done, half or not at all when the answer is lost to a SIGKILL.
func TestKillDeletion(t *testing.T) {
	for after, want := range []string{"p/v 1 1000 1", "p/v 1 0 0", ""} {
		f := newPausingServer(t, "")
		wait := f.startPaused(func() (*lxd.Operation, error) { return f.DeleteVolume(t.Context(), volume("v")) })
		id := f.server.Paused()[0].ID
		for range after {
			f.server.Advance(id)
		}
		f.server.Kill()
		if err := wait(); !errors.Is(err, lxd.ErrTransient) {
			t.Errorf("%v", err)
		}
		if got := f.volumesText(); got != want {
			t.Errorf("after %d phases there is %q, want %q", after, got, want)
		}
	}
}

// A volume that moves can be changed and deleted, and its name is taken in both places.
func TestMeanwhile(t *testing.T) {
	for _, product := range products {
		t.Run(product, func(t *testing.T) {
			const gone = `Storage volume "v" in project "default" of type "custom" does not exist on pool "p": Storage volume not found`
			f := newPausingServer(t, product)
			other := &testServer{lxd.NewDialed("sim:", f.server.Dial, lxd.Options{}), t, f.server} // one writes a volume only once at a time
			defer other.Close()
			wait := f.startMove()
			move := f.server.Paused()[0].ID
			f.server.Advance(move)
			if _, err := other.CreateVolume(t.Context(), in("q", "v"), lxd.VolumeCreate{}); !errors.Is(err, lxd.ErrConflict) {
				t.Errorf("create: %v", err)
			}
			deleted := other.startPaused(func() (*lxd.Operation, error) { return other.DeleteVolume(t.Context(), volume("v")) })
			held := f.server.Paused()
			if len(held) != 2 || held[0].ID != move || held[1].Request.Method != "DELETE" {
				t.Fatalf("%+v", held)
			}
			for range 3 {
				f.server.Advance(held[1].ID)
			}
			if err := deleted(); err != nil {
				t.Errorf("delete: %v", err)
			}
			for f.server.Advance(move) {
			}
			if err := wait(); err == nil || err.Error() != gone {
				t.Errorf("the move: %v", err)
			}
			if got := f.volumesText(); got != "q/v 1 1000 1" {
				t.Errorf("there is %s", got)
			}
		})
	}
}

// The target of a copy is gone when that fails, whatever made it fail: a fault, or who has deleted it.
func TestTargetOfFailure(t *testing.T) {
	for _, product := range products {
		f := newPausingServer(t, product)
		f.server.Inject(&sim.Fault{Method: "POST", Nth: 1, Operation: "no space left"})
		wait := f.startMove()
		if diff := cmp.Diff([]string{"target created: p/v 1 1000 1, q/v 1 500 1", "ended: p/v 1 1000 1"}, f.runPhases()); diff != "" {
			t.Error(diff)
		}
		if err := wait(); err == nil || err.Error() != "no space left" {
			t.Errorf("%q: %v", product, err)
		}

		wait = f.startMove()
		move := f.server.Paused()[0].ID
		f.server.Advance(move)
		other := &testServer{lxd.NewDialed("sim:", f.server.Dial, lxd.Options{}), t, f.server}
		deleted := other.startPaused(func() (*lxd.Operation, error) { return other.DeleteVolume(t.Context(), in("q", "v")) })
		for f.server.Advance(f.server.Paused()[1].ID) && len(f.server.Paused()) > 1 {
		}
		if err := deleted(); err != nil {
			t.Error(err)
		}
		other.Close()
		f.runPhases()
		if err := wait(); err == nil || !strings.Contains(err.Error(), "Rsync receive failed") {
			t.Errorf("%q: %v", product, err)
		}
		if got := f.volumesText(); got != "p/v 1 1000 1" {
			t.Errorf("%q: there is %s", product, got)
		}
	}
}

// What uses a volume follows it from the beginning of a move on, and comes back when that fails.
func TestUsersOfMove(t *testing.T) {
	device := func() map[string]map[string]string {
		return map[string]map[string]string{"d": {"type": "disk", "pool": "p", "source": "v", "path": "/mnt"}}
	}
	key := sim.Key{Project: "default", Name: "default"}
	for _, product := range products {
		for user, use := range map[string]func(*sim.State) map[string]map[string]string{
			"an instance": func(s *sim.State) map[string]map[string]string {
				if s.Instances[key] == nil {
					s.Instances[key] = &sim.Instance{Devices: device()}
				}
				return s.Instances[key].Devices
			},
			"a profile": func(s *sim.State) map[string]map[string]string {
				if s.Profiles[key].Devices == nil || s.Profiles[key].Devices["d"] == nil {
					s.Profiles[key].Devices = device()
				}
				return s.Profiles[key].Devices
			},
		} {
			f := newPausingServer(t, product)
			if err := f.server.Edit(func(s *sim.State) { use(s) }); err != nil {
				t.Fatal(err)
			}
			pool := func() string { return use(f.server.State())["d"]["pool"] }
			during := "q"
			if user == "a profile" && strings.HasPrefix(product, "lxd-") {
				during = "p" // it is refused
			}
			f.server.Inject(&sim.Fault{Method: "POST", Nth: 1, Operation: "no space left"})
			wait := f.startMove()
			f.server.Advance(f.server.Paused()[0].ID)
			if pool() != during {
				t.Errorf("%q: while it moves %s has it in %s", product, user, pool())
			}
			f.runPhases()
			if err := wait(); err == nil || pool() != "p" {
				t.Errorf("%q: %v, and %s has it in %s", product, err, user, pool())
			}
		}
	}
}

// A volume that another server sends is listed when both have met, and holds all when the source has sent it.
func TestPhasesOfMigration(t *testing.T) {
	for _, product := range products {
		t.Run(product, func(t *testing.T) {
			m := newMigrationPair(t, product)
			m.step(m.to, sim.PhaseTarget, "p/v 1 1000 1, p/w  500 1")
			m.step(m.from, sim.PhaseContent, "p/v 1 1000 1, p/w  500 1")
			m.step(m.to, sim.PhaseContent, "p/v 1 1000 1, p/w  1000 1")
			m.step(m.to, sim.PhaseEnded, "p/v 1 1000 1, p/w  1000 1")
			m.step(m.from, sim.PhaseEnded, "p/v 1 1000 1, p/w  1000 1")
			m.from.succeeds(m.sending, nil)
			m.to.succeeds(m.receiving, nil)
		})
	}
}

// A server of a migration that dies leaves at the target what has arrived until then, if it is the target that dies; the
// other one notices.
func TestKillMigration(t *testing.T) {
	for _, product := range products {
		m := newMigrationPair(t, product)
		m.step(m.to, sim.PhaseTarget, "p/v 1 1000 1, p/w  500 1")
		m.to.server.Kill()
		if got := m.to.volumesText(); got != "p/v 1 1000 1, p/w  500 1" {
			t.Errorf("%q: the target has %s", product, got)
		}
		m.step(m.from, sim.PhaseContent, "p/v 1 1000 1, p/w  500 1")
		if err := m.sending.Wait(t.Context(), nil); err == nil {
			t.Errorf("%q: the source has seen nothing of it", product)
		}
		if got := m.from.volumesText(); got != "p/v 1 1000 1" {
			t.Errorf("%q: the source has %s", product, got)
		}

		m = newMigrationPair(t, product)
		m.step(m.to, sim.PhaseTarget, "p/v 1 1000 1, p/w  500 1")
		m.from.server.Kill()
		if err := m.receiving.Wait(t.Context(), nil); err == nil {
			t.Errorf("%q: the target has seen nothing of it", product)
		}
		if got := m.to.volumesText(); got != "p/v 1 1000 1" {
			t.Errorf("%q: the target has %s", product, got)
		}
	}
}

// migrationSide is a migration of v to w between two servers, which have met: both can go on.
type migrationSide struct {
	from, to           *testServer
	sending, receiving *lxd.Operation
}

func newMigrationPair(t *testing.T, product string) *migrationSide {
	t.Helper()
	m := &migrationSide{from: newPausingServer(t, product), to: newPausingServer(t, product)}
	serveHTTPS(t, m.from.server)
	itself, err := m.from.Server(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if m.sending, err = m.from.SendVolume(t.Context(), volume("v"), nil, false); err != nil {
		t.Fatal(err)
	}
	if held := m.from.server.Paused(); len(held) > 0 {
		t.Errorf("it waits for somebody, and can go on: %+v", held)
	}
	from := itself.Peer(itself.Addresses[0], m.sending)
	if m.receiving, err = m.to.ReceiveVolume(t.Context(), volume("w"), lxd.VolumeReceive{From: from}); err != nil {
		t.Fatal(err)
	}
	for _, side := range []*testServer{m.from, m.to} {
		if _, err := side.server.AwaitPaused(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// step lets one side go on, and checks what the target has then.
func (m *migrationSide) step(side *testServer, phase sim.Phase, want string) {
	side.t.Helper()
	held, err := side.server.AwaitPaused(side.t.Context(), 1)
	if err != nil || held[0].Next != phase || !side.server.Advance(held[0].ID) {
		side.t.Fatalf("%+v, %v, want %s", held, err, phase)
	}
	if got := m.to.volumesText(); got != want {
		side.t.Errorf("%s: there is %s, want %s", phase, got, want)
	}
}

// Held changes come in the order in which they began, and other requests are answered.
func TestHeldInOrder(t *testing.T) {
	f := newPausingServer(t, "")
	var waits []func() error
	for i := range 5 {
		waits = append(waits, f.startPaused(func() (*lxd.Operation, error) {
			return f.CopyVolume(t.Context(), volume("v"), volume(fmt.Sprint("copy", i)), lxd.Copy{})
		}))
	}
	held := f.server.Paused()
	f.server.Advance(held[2].ID)
	if again := f.server.Paused(); !slices.EqualFunc(held, again, func(a, b sim.PausedChange) bool { return a.ID == b.ID }) {
		t.Errorf("%+v, then %+v", held, again)
	}
	for _, h := range held {
		for f.server.Advance(h.ID) {
		}
	}
	for _, wait := range waits {
		if err := wait(); err != nil {
			t.Error(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.server.AwaitPaused(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
