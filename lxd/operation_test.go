package lxd_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
}

func (a *async) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	answer := func(status int, body map[string]any) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body)
	}
	id := "0b0c"
	running := map[string]any{"id": id, "class": "task", "status": "Running", "status_code": 103, "may_cancel": true, "metadata": map[string]any{"fs_progress": "v: 1.20GB (310.11MB/s)"}}
	switch {
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
