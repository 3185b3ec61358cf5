package lxd_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tarn/lxd"
	"tarn/lxd/lxdtest"
)

// serve answers on a unix socket.
func serve(t *testing.T, handler http.HandlerFunc) *lxd.Client {
	t.Helper()
	dir, err := os.MkdirTemp("", "tarn")
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler}
	go server.Serve(listener)
	client := lxd.NewUnix(listener.Addr().String(), lxd.Options{})
	t.Cleanup(func() {
		client.Close()
		server.Close()
		os.RemoveAll(dir)
	})
	return client
}

// async answers every write in the background, as LXD does from 6.6 and 6.8 on. Operations run until they are let go.
type async struct {
	mu     sync.Mutex
	writes []string
	waits  int
	end    map[string]any // what the operations' objects say in the end, besides their id
	run    int            // how many times a wait finds the operation still running

	errors bool // waits that run out, and those for what has failed, are answered with errors, as LXD 5.21 and 6 do
	code   int  // of the failure, which only a wait tells
	looks  int  // at the operation itself
}

func (a *async) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	answer := func(status int, body map[string]any) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body)
	}
	id := "0b0c"
	if a.end != nil {
		a.end["id"] = id
	}
	running := map[string]any{"id": id, "class": "task", "status": "Running", "status_code": 103, "may_cancel": true, "metadata": map[string]any{"fs_progress": "v: 1.20GB (310.11MB/s)"}}
	refuse := func(code int, text string) {
		answer(200, map[string]any{"type": "error", "error_code": code, "error": text})
	}
	switch {
	case strings.HasSuffix(r.URL.Path, "/wait") && a.errors:
		a.waits++
		switch {
		case a.waits <= a.run:
			refuse(500, "context deadline exceeded")
		case a.end["err"] != nil:
			refuse(a.code, a.end["err"].(string))
		default:
			answer(200, map[string]any{"type": "sync", "metadata": a.end})
		}
	case r.URL.Path == "/1.0/operations/"+id && r.Method == http.MethodGet:
		a.looks++
		switch {
		case a.end == nil:
			answer(404, map[string]any{"type": "error", "error_code": 404, "error": "Operation not found"})
		case a.waits <= a.run:
			answer(200, map[string]any{"type": "sync", "metadata": running})
		default:
			answer(200, map[string]any{"type": "sync", "metadata": a.end})
		}
	case strings.HasSuffix(r.URL.Path, "/wait"):
		a.waits++
		if a.end == nil {
			answer(404, map[string]any{"type": "error", "error_code": 404, "error": "Operation not found"})
			return
		}
		if a.waits <= a.run {
			answer(200, map[string]any{"type": "sync", "metadata": running})
			return
		}
		answer(200, map[string]any{"type": "sync", "metadata": a.end})
	case r.Method == http.MethodGet:
		answer(200, map[string]any{"type": "sync", "metadata": []any{}})
	default:
		a.writes = append(a.writes, fmt.Sprintf("%s %s after %d waits", r.Method, r.URL.Path, a.waits))
		answer(202, map[string]any{"type": "async", "operation": "/1.0/operations/" + id, "metadata": running})
	}
}

func TestAsynchronousServer(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	id := volumeID("p", "v")
	success := map[string]any{"status": "Success", "status_code": 200}
	writes := []struct {
		name string
		call func(*lxd.Client) (*lxd.Operation, error)
		want string
	}{
		{"create pool", func(c *lxd.Client) (*lxd.Operation, error) {
			return c.CreatePool(ctx, lxd.PoolID{Name: "p"}, lxd.PoolCreate{Driver: "dir"})
		}, "POST /1.0/storage-pools"},
		{"patch pool", func(c *lxd.Client) (*lxd.Operation, error) {
			return c.PatchPool(ctx, lxd.PoolID{Name: "p"}, lxd.Patch{}, nil)
		}, "PATCH /1.0/storage-pools/p"},
		{"put pool", func(c *lxd.Client) (*lxd.Operation, error) {
			return c.PutPool(ctx, lxd.PoolID{Name: "p"}, lxd.Put{}, nil)
		}, "PUT /1.0/storage-pools/p"},
		{"delete pool", func(c *lxd.Client) (*lxd.Operation, error) { return c.DeletePool(ctx, lxd.PoolID{Name: "p"}) },
			"DELETE /1.0/storage-pools/p"},
		{"create volume", func(c *lxd.Client) (*lxd.Operation, error) { return c.CreateVolume(ctx, id, lxd.VolumeCreate{}) },
			"POST /1.0/storage-pools/p/volumes/custom"},
		{"patch volume", func(c *lxd.Client) (*lxd.Operation, error) { return c.PatchVolume(ctx, id, lxd.Patch{}, nil) },
			"PATCH /1.0/storage-pools/p/volumes/custom/v"},
		{"put volume", func(c *lxd.Client) (*lxd.Operation, error) { return c.PutVolume(ctx, id, lxd.Put{}, nil) },
			"PUT /1.0/storage-pools/p/volumes/custom/v"},
		{"rename volume", func(c *lxd.Client) (*lxd.Operation, error) { return c.RenameVolume(ctx, id, "w") },
			"POST /1.0/storage-pools/p/volumes/custom/v"},
		{"move volume", func(c *lxd.Client) (*lxd.Operation, error) { return c.MoveVolume(ctx, id, volumeID("q", "v")) },
			"POST /1.0/storage-pools/p/volumes/custom/v"},
		{"copy volume", func(c *lxd.Client) (*lxd.Operation, error) {
			return c.CopyVolume(ctx, id, volumeID("q", "v"), lxd.Copy{})
		}, "POST /1.0/storage-pools/q/volumes/custom"},
		{"restore", func(c *lxd.Client) (*lxd.Operation, error) { return c.RestoreSnapshot(ctx, id, "s") },
			"PUT /1.0/storage-pools/p/volumes/custom/v"},
		{"create snapshot", func(c *lxd.Client) (*lxd.Operation, error) {
			return c.CreateSnapshot(ctx, id, lxd.SnapshotCreate{})
		}, "POST /1.0/storage-pools/p/volumes/custom/v/snapshots"},
		{"rename snapshot", func(c *lxd.Client) (*lxd.Operation, error) { return c.RenameSnapshot(ctx, id, "s", "t") },
			"POST /1.0/storage-pools/p/volumes/custom/v/snapshots/s"},
		{"delete snapshot", func(c *lxd.Client) (*lxd.Operation, error) { return c.DeleteSnapshot(ctx, id, "s") },
			"DELETE /1.0/storage-pools/p/volumes/custom/v/snapshots/s"},
		{"delete volume", func(c *lxd.Client) (*lxd.Operation, error) { return c.DeleteVolume(ctx, id) },
			"DELETE /1.0/storage-pools/p/volumes/custom/v"},
	}
	for _, c := range writes {
		fake := &async{end: success, run: 1}
		op, err := c.call(serve(t, fake.ServeHTTP))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if op.Done() || op.Info().Status != "Running" {
			t.Errorf("%s: done before it was waited for: %+v", c.name, op.Info())
		}
		var progress []string
		if err := op.Wait(ctx, func(text string) { progress = append(progress, text) }); err != nil || !op.Done() {
			t.Errorf("%s: %v", c.name, err)
		}
		if diff := cmp.Diff([]string{"v: 1.20GB (310.11MB/s)"}, progress); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if diff := cmp.Diff([]string{c.want + " after 0 waits"}, fake.writes); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestOperationEnds(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for _, c := range []struct {
		name string
		end  map[string]any
		text string
		is   error
		code int
	}{
		{"failure with a code", map[string]any{"status_code": 400, "err": "Storage pool not found", "err_code": 404}, "Storage pool not found", lxd.ErrNotFound, 404},
		{"failure without", map[string]any{"status_code": 400, "err": "Storage pool not found"}, "Storage pool not found", lxd.ErrNotFound, 0},
		{"in use", map[string]any{"status_code": 400, "err": "In use", "err_code": 423}, "In use", lxd.ErrInUse, 423},
		{"no reason", map[string]any{"status_code": 400}, "the operation failed without a reason", nil, 0},
		{"cancelled", map[string]any{"status_code": 401}, "the operation was cancelled", nil, 0},
		{"forgotten", nil, "the server has forgotten the operation", lxd.ErrOperationGone, -1},
	} {
		fake := &async{end: c.end}
		op, err := serve(t, fake.ServeHTTP).DeleteVolume(ctx, volumeID("p", "v"))
		if err != nil {
			t.Fatal(err)
		}
		err = op.Wait(ctx, nil)
		if err == nil || err.Error() != c.text || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: %v, want %q", c.name, err, c.text)
		}
		var refused *lxd.Error
		if c.code >= 0 && (!errors.As(err, &refused) || refused.Code != c.code) {
			t.Errorf("%s: %#v", c.name, err)
		}
	}
}

// LXD 5.21 and 6 and Incus 6.0 answer with an error when the time of a wait is over, in words that an operation may fail
// with, too. The operation itself says what it is.
func TestWaitRunsOut(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	const late = "context deadline exceeded"
	for name, c := range map[string]struct {
		fake  *async
		err   string
		is    error
		code  int
		looks int // at the operation: one for each wait that was answered with an error
	}{
		"success":                         {&async{run: 3, end: map[string]any{"status_code": 200}}, "", nil, 0, 3},
		"at once":                         {&async{end: map[string]any{"status_code": 200}}, "", nil, 0, 0},
		"failure":                         {&async{run: 3, code: 404, end: map[string]any{"status_code": 400, "err": "v: not found"}}, "v: not found", lxd.ErrNotFound, 404, 4},
		"failure with a code":             {&async{run: 1, code: 500, end: map[string]any{"status_code": 400, "err": "v is there", "err_code": 409}}, "v is there", lxd.ErrConflict, 409, 2},
		"failure in the words of a limit": {&async{run: 1, code: 500, end: map[string]any{"status_code": 400, "err": late}}, late, nil, 500, 2},
		"cancelled":                       {&async{run: 1, code: 500, end: map[string]any{"status_code": 401, "err": ""}}, "the operation was cancelled", nil, 0, 2},
		"forgotten":                       {&async{run: 1}, "the server has forgotten the operation", lxd.ErrOperationGone, -1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := c.fake
			fake.errors = true
			op, err := serve(t, fake.ServeHTTP).DeleteVolume(ctx, volumeID("p", "v"))
			if err != nil {
				t.Fatal(err)
			}
			var progress []string
			err = op.Wait(ctx, func(text string) { progress = append(progress, text) })
			if c.err == "" != (err == nil) || err != nil && err.Error() != c.err || c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("%v, want %q", err, c.err)
			}
			var refused *lxd.Error
			if err != nil && c.code >= 0 && (!errors.As(err, &refused) || refused.Code != c.code) {
				t.Errorf("%#v", err)
			}
			if fake.looks != c.looks {
				t.Errorf("looked at %d times, want %d", fake.looks, c.looks)
			}
			if want := fake.run; c.is != lxd.ErrOperationGone && len(progress) != want {
				t.Errorf("progress was told %d times, want %d", len(progress), want)
			}
		})
	}
}

// One that waits for an operation without end gives up when it is told to, also while it rests.
func TestWaitIsGivenUp(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	fake := &async{errors: true, run: 1 << 30, end: map[string]any{}}
	op, err := serve(t, fake.ServeHTTP).DeleteVolume(ctx, volumeID("p", "v"))
	if err != nil {
		t.Fatal(err)
	}
	err = op.Wait(ctx, func(string) { cancel() })
	if !errors.Is(err, context.Canceled) || op.Done() {
		t.Errorf("%v, %+v", err, op.Info())
	}
	if fake.waits != 1 {
		t.Errorf("%d waits, although the server answers them too early", fake.waits)
	}
}

// A write waits for the end of the one before it on the same object, and for no other.
func TestWritesTakeTurns(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	fake := &async{end: map[string]any{"status_code": 200}}
	client := serve(t, fake.ServeHTTP)
	for _, name := range []string{"v", "v", "w"} {
		if _, err := client.PatchVolume(ctx, volumeID("p", name), lxd.Patch{}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := client.CreateSnapshot(ctx, volumeID("p", "v"), lxd.SnapshotCreate{Name: "s"}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{
		"PATCH /1.0/storage-pools/p/volumes/custom/v after 0 waits",
		"PATCH /1.0/storage-pools/p/volumes/custom/v after 1 waits",
		"PATCH /1.0/storage-pools/p/volumes/custom/w after 1 waits",
		"POST /1.0/storage-pools/p/volumes/custom/v/snapshots after 2 waits",
	}, fake.writes); diff != "" {
		t.Error(diff)
	}

	// One that is cancelled while it waits leaves the turn to others.
	fake = &async{end: map[string]any{"status_code": 200}, run: 1 << 30}
	client = serve(t, fake.ServeHTTP)
	if _, err := client.DeleteVolume(ctx, volumeID("p", "v")); err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithCancel(ctx)
	ended := make(chan error)
	for range 2 {
		go func() {
			_, err := client.DeleteVolume(short, volumeID("p", "v"))
			ended <- err
		}()
	}
	cancel()
	for range 2 {
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
	}
	fake.mu.Lock()
	fake.run = 0
	fake.mu.Unlock()
	if _, err := client.DeleteVolume(ctx, volumeID("p", "v")); err != nil || len(fake.writes) != 2 {
		t.Errorf("%v, %q", err, fake.writes)
	}
}

// On the real server no update is lost between callers of one client.
func TestNoLostUpdates(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	server, client, _ := connect(t)
	server.Run(t, "storage", "create", "p", "dir")
	id := volumeID("p", "v")
	op, err := client.CreateVolume(ctx, id, lxd.VolumeCreate{})
	done(t, op, err)
	var group sync.WaitGroup
	for i := range 32 {
		group.Go(func() {
			op, err := client.PatchVolume(ctx, id, lxd.Patch{Config: map[string]string{fmt.Sprintf("user.k%d", i): "1"}}, nil)
			if err == nil {
				err = op.Wait(ctx, nil)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	volume, err := client.Volume(ctx, id)
	if err != nil || len(volume.Config) != 32 {
		t.Errorf("%d of 32 keys have survived, %v", len(volume.Config), err)
	}
}

func TestOperations(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	server, client, _ := connect(t)
	server.Run(t, "storage", "create", "p", "dir")
	server.Run(t, "storage", "volume", "create", "p", "v")
	op, err := client.CopyVolume(ctx, volumeID("p", "v"), volumeID("p", "w"), lxd.Copy{})
	if err != nil {
		t.Fatal(err)
	}
	id := op.Info().ID
	read, err := client.Operation(ctx, id)
	if err != nil || read.Info().Class != "task" || read.Info().Description == "" || read.Info().CreatedAt.IsZero() {
		t.Errorf("%+v, %v", read, err)
	}
	ops, err := client.Operations(ctx, "")
	if err != nil || !slices.ContainsFunc(ops, func(op *lxd.Operation) bool { return op.Info().ID == id }) {
		t.Errorf("%v does not have %s: %v", ops, id, err)
	}
	done(t, op, err)
	want(t, op.Cancel(ctx), "Only running operations can be cancelled")
	if _, err := client.Operation(ctx, "not-there"); !errors.Is(err, lxd.ErrNotFound) {
		t.Errorf("one that is not there: %v", err)
	}
	op, err = client.DeleteVolume(ctx, volumeID("p", "w"))
	done(t, op, err)
	want(t, op.Cancel(ctx), "the operation has ended already")
}

// A move that takes longer than a wait is waited for to its end, by the real servers' own answers: LXD 5.0.2 says of an
// operation that it still runs, Incus 6.0 that the time of the wait is over.
func TestSlowMove(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(testing.TB) *lxdtest.Server{"LXD": lxdtest.New, "Incus": lxdtest.NewIncus} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			server := start(t)
			client := lxd.NewUnix(server.Socket(), lxd.Options{})
			t.Cleanup(client.Close)
			for _, pool := range []string{"p", "q"} {
				server.Run(t, "storage", "create", pool, "dir", "rsync.bwlimit=10MB")
			}
			op, err := client.CreateVolume(ctx, volumeID("p", "v"), lxd.VolumeCreate{})
			done(t, op, err)
			data := make([]byte, 25<<20)
			_, _ = rand.NewChaCha8([32]byte{}).Read(data) // it never fails
			write(t, server.Path("storage-pools", "p", "custom", "default_v", "data"), string(data))
			op, err = client.MoveVolume(ctx, volumeID("p", "v"), volumeID("q", "v"))
			if err != nil {
				t.Fatal(err)
			}
			var progress []string
			if err := op.Wait(ctx, func(text string) { progress = append(progress, text) }); err != nil {
				t.Fatalf("%v, after %q", err, progress)
			}
			if len(progress) == 0 || !strings.Contains(progress[0], "MB/s") {
				t.Errorf("progress was %q", progress)
			}
			if found, err := client.HasVolume(ctx, volumeID("q", "v")); !found || err != nil {
				t.Errorf("it has not arrived: %v", err)
			}
		})
	}
}
