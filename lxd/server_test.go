package lxd_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/lxdtest"
)

// connect starts a private LXD and gives a client for it, with a count of the requests made.
func connect(t *testing.T) (*lxdtest.Server, *lxd.Client, *atomic.Int64) {
	t.Helper()
	server := lxdtest.New(t)
	requests := new(atomic.Int64)
	client := lxd.NewUnix(server.Socket(), lxd.Options{Trace: func(lxd.Exchange) { requests.Add(1) }})
	t.Cleanup(client.Close)
	return server, client, requests
}

// done carries a change through.
func done(t *testing.T, op *lxd.Operation, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if err := op.Wait(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
}

func volumeID(pool, name string) lxd.VolumeID {
	return lxd.VolumeID{Project: "default", Pool: pool, Type: lxd.TypeCustom, Name: name}
}

func TestVolumeLife(t *testing.T) {
	ctx := t.Context()
	_, client, _ := connect(t)
	for _, driver := range []string{"dir", "btrfs"} {
		op, err := client.CreatePool(ctx, lxd.PoolID{Name: driver}, lxd.PoolCreate{Driver: driver, Description: "of " + driver})
		done(t, op, err)
	}
	id := volumeID("dir", "odd name % +&?#é")
	op, err := client.CreateVolume(ctx, id, lxd.VolumeCreate{Description: "first", Config: map[string]string{"user.a": "1", "user.b": "2"}})
	done(t, op, err)

	seen, err := client.Volume(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	op, err = client.PatchVolume(ctx, id, lxd.Patch{Description: seen.Description, Config: map[string]string{"user.a": "", "user.c": "3"}}, seen)
	done(t, op, err)
	if _, err := client.PatchVolume(ctx, id, lxd.Patch{Config: map[string]string{"user.a": "4"}}, seen); !errors.Is(err, lxd.ErrPrecondition) {
		t.Errorf("a patch of what has changed since it was read: %v", err)
	}

	renamed := volumeID("dir", "renamed")
	op, err = client.RenameVolume(ctx, id, renamed.Name)
	done(t, op, err)
	moved := volumeID("btrfs", "moved")
	op, err = client.MoveVolume(ctx, renamed, moved)
	done(t, op, err)

	got, err := client.Volume(ctx, moved)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"user.b": "2", "user.c": "3"}, got.Config); diff != "" || got.Description != "first" || got.ID() != moved {
		t.Errorf("after patch, rename and move: %+v\n%s", got, diff)
	}
	for _, old := range []lxd.VolumeID{id, renamed} {
		if _, err := client.Volume(ctx, old); !errors.Is(err, lxd.ErrNotFound) {
			t.Errorf("%s is still there: %v", old, err)
		}
	}
	op, err = client.DeleteVolume(ctx, moved)
	done(t, op, err)
	op, err = client.DeletePool(ctx, lxd.PoolID{Name: "btrfs"})
	done(t, op, err)
}

// LXD 5.0.2 sends no ETag for pools and checks one all the same.
func TestPoolPatchIsProtected(t *testing.T) {
	ctx := t.Context()
	server, client, _ := connect(t)
	for _, driver := range []string{"dir", "btrfs"} {
		id := lxd.PoolID{Name: driver}
		op, err := client.CreatePool(ctx, id, lxd.PoolCreate{Driver: driver, Description: "a <b> & c", Config: map[string]string{"user.x": "<&>\u2028é\""}})
		done(t, op, err)
		seen, err := client.Pool(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		op, err = client.PatchPool(ctx, id, lxd.Patch{Description: seen.Description, Config: map[string]string{"user.y": "1"}}, seen)
		done(t, op, err)
		server.Run(t, "storage", "set", driver, "user.z", "2")
		if _, err := client.PatchPool(ctx, id, lxd.Patch{Config: map[string]string{"user.y": "3"}}, seen); !errors.Is(err, lxd.ErrPrecondition) {
			t.Errorf("%s: a patch of what has changed since it was read: %v", driver, err)
		}
		now, err := client.Pool(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		if now.Description != "a <b> & c" || now.Config["user.y"] != "1" || now.Config["user.z"] != "2" {
			t.Errorf("%s after the patches: %+v", driver, now)
		}
	}
}

func TestReadDoesNotGrowWithVolumes(t *testing.T) {
	ctx := t.Context()
	server, client, requests := connect(t)
	server.Run(t, "storage", "create", "one", "dir")
	server.Run(t, "storage", "create", "two", "dir")
	create := func(from, to int) {
		for i := from; i < to; i++ {
			op, err := client.CreateVolume(ctx, volumeID("one", fmt.Sprintf("v%03d", i)), lxd.VolumeCreate{})
			done(t, op, err)
		}
	}
	read := func(scope live.Scope) (*live.State, int64) {
		before := requests.Load()
		state, err := live.Read(ctx, client, scope)
		if err != nil {
			t.Fatal(err)
		}
		return state, requests.Load() - before
	}
	all := live.Scope{Pools: map[string]live.Names{"one": nil, "two": nil}}
	create(0, 3)
	_, few := read(all)
	create(3, 60)
	server.Run(t, "storage", "volume", "snapshot", "one", "v007", "snap")
	server.Run(t, "storage", "volume", "set", "one", "v050", "user.tarn.owner", "us")

	state, many := read(all)
	if few != many || many != 4 {
		t.Errorf("%d requests for 3 volumes, %d for 60; want 4: the server, the pools, and each pool's volumes", few, many)
	}
	if state.Volumes.Len() != 60 || state.VolumeIDs.Len() != 60 {
		t.Errorf("%d volumes and %d held, want 60: a snapshot is none", state.Volumes.Len(), state.VolumeIDs.Len())
	}

	some, n := read(live.Scope{Pools: map[string]live.Names{"one": {"v001", "V002", "not there"}}, Owner: "us"})
	var names []string
	for id := range some.Volumes.All() {
		names = append(names, id.Name)
	}
	if len(names) > 4 || some.Volumes.Get(volumeID("one", "v001")) == nil || some.Volumes.Get(volumeID("one", "v050")) == nil {
		t.Errorf("asked for v001 and the owner's, got %v", names)
	}
	if n != 4 || some.VolumeIDs.Len() != 60 {
		t.Errorf("%d requests, %d volumes", n, some.VolumeIDs.Len())
	}
}

// Names that would mean something else in a filter, a path or a query come back as they are.
func TestOddNamesAreRead(t *testing.T) {
	ctx := t.Context()
	server, client, _ := connect(t)
	server.Run(t, "storage", "create", "p%25 é"[:4], "dir")
	odd := []string{"a b", "a%20b", "x(y|z)", `q"uo'te`, "plus+amp&", "é", "and", ".hidden", "..", "back\\slash", "a.b", "new\nline"}
	for _, name := range odd {
		op, err := client.CreateVolume(ctx, volumeID("p%25", name), lxd.VolumeCreate{})
		done(t, op, err)
	}
	state, err := live.Read(ctx, client, live.Scope{Pools: map[string]live.Names{"p%25": odd}})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range odd {
		if state.Volumes.Get(volumeID("p%25", name)) == nil {
			t.Errorf("volume %q was not read", name)
		}
		if !state.VolumeIDs.Has(volumeID("p%25", name)) {
			t.Errorf("volume %q is not known to be held", name)
		}
	}
}

func TestErrorsKeepTheServersWords(t *testing.T) {
	ctx := t.Context()
	_, client, _ := connect(t)
	pool := lxd.PoolID{Name: "p"}
	op, err := client.CreatePool(ctx, pool, lxd.PoolCreate{Driver: "dir"})
	done(t, op, err)
	op, err = client.CreateVolume(ctx, volumeID("p", "block"), lxd.VolumeCreate{ContentType: lxd.ContentBlock, Config: map[string]string{"size": "16MiB"}})
	done(t, op, err)

	for _, c := range []struct {
		name string
		call func() (*lxd.Operation, error)
		is   error
		text string
	}{
		{"pool twice", func() (*lxd.Operation, error) { return client.CreatePool(ctx, pool, lxd.PoolCreate{Driver: "dir"}) },
			lxd.ErrConflict, "The storage pool already exists: The record already exists"},
		{"volume twice", func() (*lxd.Operation, error) {
			return client.CreateVolume(ctx, volumeID("p", "block"), lxd.VolumeCreate{})
		}, lxd.ErrConflict, "Volume by that name already exists"},
		{"pool missing", func() (*lxd.Operation, error) { return client.DeletePool(ctx, lxd.PoolID{Name: "nope"}) },
			lxd.ErrNotFound, "Storage pool not found"},
		{"volume missing", func() (*lxd.Operation, error) { return client.RenameVolume(ctx, volumeID("p", "nope"), "x") },
			lxd.ErrNotFound, "Storage pool volume not found"},
		{"pool in use", func() (*lxd.Operation, error) { return client.DeletePool(ctx, pool) },
			lxd.ErrInUse, "The storage pool is currently in use"},
		{"shrink", func() (*lxd.Operation, error) {
			return client.PatchVolume(ctx, volumeID("p", "block"), lxd.Patch{Config: map[string]string{"size": "8MiB"}}, nil)
		}, nil, "Block volumes cannot be shrunk: Cannot be shrunk"},
	} {
		_, err := c.call()
		var refused *lxd.Error
		if !errors.As(err, &refused) || refused.Message != c.text {
			t.Errorf("%s: %v, want %q", c.name, err, c.text)
		}
		if c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: %v is not %q", c.name, err, c.is)
		}
	}
}

// Callers that come and go, some breaking off in the middle, never leave a connection behind that keeps the server from
// answering the others (see lazyConn).
func TestManyCallersNeverStall(t *testing.T) {
	server, client, _ := connect(t)
	server.Run(t, "storage", "create", "p", "dir")
	var group sync.WaitGroup
	for caller := range 16 {
		group.Go(func() {
			for round := range 40 {
				ctx, cancel := context.WithCancel(t.Context())
				if (caller+round)%4 == 0 {
					go cancel()
				}
				if _, err := client.Pools(ctx); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
				cancel()
			}
		})
	}
	group.Wait()
}

// TestShellVersions has the versions between which LXD changed how it starts rsync.
func TestShellVersions(t *testing.T) {
	for version, want := range map[string]bool{"5.0.2": true, "5.0.3": false, "5.1": true, "5.13": true, "5.14": false, "5.21.7": false, "6.9": false} {
		if got := (&lxd.Server{Product: "LXD", Version: version}).GivesNamesToShell(); got != want {
			t.Errorf("LXD %s: %t", version, got)
		}
	}
}
