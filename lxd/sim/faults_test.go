package sim_test

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"testing"
	"time"

	"tarn/lxd"
	"tarn/lxd/sim"
)

// testServer is a client of a server with a pool p and a volume v.
type testServer struct {
	*lxd.Client
	t      *testing.T
	server *sim.Server
}

func newTestServer(t *testing.T, product string) *testServer {
	t.Helper()
	server := sim.New(&sim.State{Product: product})
	f := &testServer{lxd.NewDialed("sim:", server.Dial, lxd.Options{}), t, server}
	t.Cleanup(func() {
		f.Close()
		server.Close()
	})
	op, err := f.CreatePool(t.Context(), lxd.PoolID{Name: "p"}, lxd.PoolCreate{Driver: "zfs"})
	f.succeeds(op, err)
	f.succeeds(f.create("v"))
	return f
}

func (f *testServer) succeeds(op *lxd.Operation, err error) {
	f.t.Helper()
	if err == nil {
		err = op.Wait(f.t.Context(), nil)
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

func volume(name string) lxd.VolumeID {
	return lxd.VolumeID{Project: "default", Pool: "p", Type: lxd.TypeCustom, Name: name}
}

func (f *testServer) create(name string) (*lxd.Operation, error) {
	return f.CreateVolume(f.t.Context(), volume(name), lxd.VolumeCreate{})
}

// has checks whether a volume is there.
func (f *testServer) has(name string, want bool) {
	f.t.Helper()
	if has, err := f.HasVolume(f.t.Context(), volume(name)); err != nil || has != want {
		f.t.Errorf("volume %s is there: %v, %v, want %v", name, has, err, want)
	}
}

// What the client sees of each fault, and what the server has done.
func TestFaults(t *testing.T) {
	for _, product := range []string{"", "lxd-5.21", "lxd-6"} {
		t.Run("refused "+product, func(t *testing.T) {
			f := newTestServer(t, product)
			f.server.Inject(&sim.Fault{Method: "POST", Code: 503, Text: "database is locked"})
			_, err := f.create("w")
			var refused *lxd.Error
			if !errors.As(err, &refused) || refused.Code != 503 || refused.Message != "database is locked" || !errors.Is(err, lxd.ErrTransient) {
				t.Errorf("%v", err)
			}
			f.has("w", false)
		})
		t.Run("changed meanwhile "+product, func(t *testing.T) {
			f := newTestServer(t, product)
			f.server.Inject(&sim.Fault{Method: "PATCH", Code: http.StatusPreconditionFailed, Text: "ETag doesn't match: a vs b"})
			if _, err := f.PatchVolume(t.Context(), volume("v"), lxd.Patch{}, nil); !errors.Is(err, lxd.ErrPrecondition) {
				t.Errorf("%v", err)
			}
		})
		for name, c := range map[string]struct {
			fault sim.Fault
			done  bool
		}{"before": {sim.Fault{DropBefore: true}, false}, "after": {sim.Fault{DropAfter: true}, true}} {
			t.Run("broken "+name+" "+product, func(t *testing.T) {
				f := newTestServer(t, product)
				fault := c.fault
				fault.Method = "POST"
				f.server.Inject(&fault)
				_, err := f.create("w")
				var lost *lxd.UnreachableError
				if !errors.As(err, &lost) {
					t.Errorf("%v", err)
				}
				f.has("w", c.done)
			})
		}
		t.Run("delay "+product, func(t *testing.T) {
			f := newTestServer(t, product)
			f.server.Inject(&sim.Fault{Method: "POST", Nth: 1, Delay: time.Hour}, &sim.Fault{Method: "POST", Nth: 2, Delay: time.Millisecond})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			before := len(f.server.Requests())
			go func() {
				for len(f.server.Requests()) == before {
				}
				cancel() // it has come, and waits
			}()
			if _, err := f.CreateVolume(ctx, volume("w"), lxd.VolumeCreate{}); !errors.Is(err, context.Canceled) {
				t.Errorf("%v", err)
			}
			f.has("w", false)
			f.succeeds(f.create("w"))
			f.has("w", true)
		})
	}
	// What has no operation cannot fail in one.
	f := newTestServer(t, "")
	f.server.Inject(&sim.Fault{Operation: "no space"})
	f.succeeds(f.create("w"))
	f.has("w", true)
}

// An operation can be told to fail, and leaves nothing then, and to take its time. A copy shows meanwhile what it makes.
func TestFaultsOfOperations(t *testing.T) {
	copied := func(f *testServer) (*lxd.Operation, error) {
		return f.CopyVolume(f.t.Context(), volume("v"), volume("w"), lxd.Copy{})
	}
	for name, c := range map[string]struct {
		product string
		start   func(*testServer) (*lxd.Operation, error)
		shows   bool // what it makes before its end
	}{
		"copy":      {"", copied, true},
		"copy of 6": {"lxd-6", copied, true},
		"creation":  {"lxd-6", func(f *testServer) (*lxd.Operation, error) { return f.create("w") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := newTestServer(t, c.product)
			f.server.Inject(
				&sim.Fault{Method: "POST", Nth: 1, Operation: "no space left"},
				&sim.Fault{Method: "POST", Nth: 2, Lasts: time.Millisecond, Operation: "no space left"},
				&sim.Fault{Method: "POST", Nth: 3, Lasts: 20 * time.Millisecond},
				&sim.Fault{Method: "POST", Nth: 4, Lasts: time.Hour},
			)
			for range 2 {
				op, err := c.start(f)
				if err != nil {
					t.Fatal(err)
				}
				var failed *lxd.Error
				if err := op.Wait(t.Context(), nil); !errors.As(err, &failed) || failed.Message != "no space left" {
					t.Errorf("%v", err)
				}
				f.has("w", false)
			}
			f.succeeds(c.start(f))
			f.has("w", true)
			f.succeeds(f.DeleteVolume(t.Context(), volume("w")))

			op, err := c.start(f)
			if err != nil {
				t.Fatal(err)
			}
			if op.Done() {
				t.Errorf("done at once: %+v", op.Info())
			}
			now, err := f.Operation(t.Context(), op.Info().ID)
			if err != nil || now.Done() || now.Info().Status != "Running" {
				t.Errorf("%+v, %v", now, err)
			}
			f.has("w", c.shows)
			all, err := f.Operations(t.Context(), "")
			if err != nil || len(all) == 0 || all[len(all)-1].Info().ID != op.Info().ID {
				t.Errorf("%v, %v", all, err)
			}
		})
	}
}

// What an operation was going to change may be gone when it comes to that.
func TestOperationsLookAgain(t *testing.T) {
	slow := func(path string) *sim.Fault {
		return &sim.Fault{Path: regexp.MustCompile(path), Nth: 1, Lasts: 500 * time.Millisecond}
	}
	for name, c := range map[string]struct {
		start func(*testServer) (*lxd.Operation, error)
		err   string
	}{
		"patch": {func(f *testServer) (*lxd.Operation, error) {
			return f.PatchVolume(f.t.Context(), volume("v"), lxd.Patch{Description: "d"}, nil)
		}, "Storage volume not found"},
		"rename": {func(f *testServer) (*lxd.Operation, error) { return f.RenameVolume(f.t.Context(), volume("v"), "w") }, "Storage volume not found"},
		"delete": {func(f *testServer) (*lxd.Operation, error) { return f.DeleteVolume(f.t.Context(), volume("v")) }, "Storage volume not found"},
		"snapshot": {func(f *testServer) (*lxd.Operation, error) {
			return f.CreateSnapshot(f.t.Context(), volume("v"), lxd.SnapshotCreate{Name: "s"})
		}, "Storage volume not found"},
		"create": {func(f *testServer) (*lxd.Operation, error) { return f.create("x") }, "Volume by that name already exists"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newTestServer(t, "lxd-6")
			f.server.Inject(slow("/volumes/custom"))
			op, err := c.start(f)
			if err != nil {
				t.Fatal(err)
			}
			// By another client: one writes a volume only once at a time.
			other := &testServer{lxd.NewDialed("sim:", f.server.Dial, lxd.Options{}), t, f.server}
			defer other.Close()
			other.succeeds(other.RenameVolume(t.Context(), volume("v"), "x"))
			if err := op.Wait(t.Context(), nil); err == nil || err.Error() != c.err {
				t.Errorf("%v, want %q", err, c.err)
			}
			f.has("x", true)
		})
	}
}

// The nth request is counted among all that match, and the first fault that fits one happens to it.
func TestFaultsAreCounted(t *testing.T) {
	f := newTestServer(t, "")
	f.server.Inject(
		&sim.Fault{Method: "GET", Path: regexp.MustCompile("custom/v"), Nth: 2, Code: 500, Text: "first"},
		&sim.Fault{Path: regexp.MustCompile("custom/v"), Nth: 2, Code: 500, Text: "second"},
		&sim.Fault{Path: regexp.MustCompile("custom/v"), Nth: 3, Code: 500, Text: "third"},
	)
	var got []string
	for range 4 {
		text := ""
		if _, err := f.Volume(t.Context(), volume("v")); err != nil {
			text = err.Error()
		}
		got = append(got, text)
	}
	if want := []string{"", "first", "third", ""}; got[0] != want[0] || got[1] != want[1] || got[2] != want[2] || got[3] != want[3] {
		t.Errorf("%q, want %q", got, want)
	}
	if n := len(f.server.Requests()); n != 6 {
		t.Errorf("%d requests are remembered", n)
	}
}
