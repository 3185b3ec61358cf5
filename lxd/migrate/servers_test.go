package migrate_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tarn/lxd"
	"tarn/lxd/lxdtest"
	"tarn/lxd/migrate"
)

// server is one of the two servers of a migration.
type server struct {
	*lxdtest.Server
	client *lxd.Client

	mu    sync.Mutex
	trace []lxd.Exchange
}

func newServer(t *testing.T, listen bool) *server {
	t.Helper()
	s := &server{Server: lxdtest.New(t)}
	if listen {
		if _, err := s.Listen(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	s.client = lxd.NewUnix(s.Socket(), lxd.Options{Trace: func(e lxd.Exchange) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.trace = append(s.trace, e)
	}})
	t.Cleanup(s.client.Close)
	return s
}

// file is the path of a file in a volume of the default project.
func (s *server) file(id lxd.VolumeID, elem ...string) string {
	return s.Path(append([]string{"storage-pools", id.Pool, "custom", "default_" + id.Name}, elem...)...)
}

// snapshotFile is the same for a snapshot.
func (s *server) snapshotFile(id lxd.VolumeID, snapshot string, elem ...string) string {
	return s.Path(append([]string{"storage-pools", id.Pool, "custom-snapshots", "default_" + id.Name, snapshot}, elem...)...)
}

func sum(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d bytes %x", len(data), sha256.Sum256(data))
}

// fill makes a volume of 50 MiB with a snapshot from before its last change.
func (s *server) fill(t *testing.T, id lxd.VolumeID) {
	t.Helper()
	ctx := t.Context()
	op, err := s.client.CreateVolume(ctx, id, lxd.VolumeCreate{Description: "to go", Config: map[string]string{"user.a": "1", "snapshots.expiry": "3d"}})
	done(t, op, err)
	data := make([]byte, 50<<20)
	_, _ = rand.NewChaCha8([32]byte{}).Read(data) // it never fails
	write(t, s.file(id, "data"), string(data))
	write(t, s.file(id, "changing"), "before")
	op, err = s.client.CreateSnapshot(ctx, id, lxd.SnapshotCreate{Name: "before"})
	done(t, op, err)
	write(t, s.file(id, "changing"), "after")
}

// arrived checks that a volume made with fill is all there.
func arrived(t *testing.T, from *server, source lxd.VolumeID, to *server, target lxd.VolumeID) {
	t.Helper()
	for _, name := range []string{"data", "changing"} {
		if got, want := sum(t, to.file(target, name)), sum(t, from.file(source, name)); got != want {
			t.Errorf("%s has arrived as %s, want %s", name, got, want)
		}
	}
	for name, want := range map[string]string{"changing": "before", "data": ""} {
		got, err := os.ReadFile(to.snapshotFile(target, "before", name))
		if err != nil || want != "" && string(got) != want || want == "" && len(got) != 50<<20 {
			t.Errorf("%s in the snapshot: %d bytes, %v", name, len(got), err)
		}
	}
	volume, err := to.client.Volume(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	if volume.Description != "to go" || len(volume.Config) != 2 || volume.Config["user.a"] != "1" || volume.Config["snapshots.expiry"] != "3d" {
		t.Errorf("has arrived with %q and %v", volume.Description, volume.Config)
	}
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	from, to := newServer(t, true), newServer(t, true)
	from.Run(t, "storage", "create", "plain", "dir")
	to.Run(t, "storage", "create", "plain", "dir")
	to.Run(t, "storage", "create", "loop", "btrfs", "size=1GiB")
	source := volumeID("plain", "v")
	from.fill(t, source)

	for _, mode := range []migrate.Mode{migrate.Pull, migrate.Push, migrate.Relay, migrate.Any} {
		t.Run("mode "+string(mode), func(t *testing.T) {
			target := volumeID("plain", "by-"+string(mode))
			if mode == migrate.Relay {
				target.Pool = "loop"
			}
			if err := migrate.Volume(ctx, from.client, source, to.client, target, migrate.Options{Mode: mode}); err != nil {
				t.Fatal(err)
			}
			arrived(t, from, source, to, target)
			snapshot, err := to.client.Snapshot(ctx, target, "before")
			if err != nil {
				t.Fatal(err)
			}
			if snapshot.Config[migrate.MigratingKey] != "" {
				t.Errorf("the snapshot is marked: %v", snapshot.Config)
			}
			err = migrate.Volume(ctx, from.client, source, to.client, target, migrate.Options{Mode: mode})
			if want(t, err, "the target exists already"); !errors.Is(err, lxd.ErrConflict) {
				t.Errorf("%v is not ErrConflict", err)
			}
		})
	}
	// What the target's driver does not know is dropped without a word.
	t.Run("without snapshots, with other config", func(t *testing.T) {
		target := volumeID("plain", "bare")
		err := migrate.Volume(ctx, from.client, source, to.client, target, migrate.Options{VolumeOnly: true, Config: map[string]string{"user.b": "2", "zfs.blocksize": "4KiB"}})
		if err != nil {
			t.Fatal(err)
		}
		volume, err := to.client.Volume(ctx, target)
		if err != nil || len(volume.Config) != 1 || volume.Config["user.b"] != "2" {
			t.Errorf("%+v, %v", volume, err)
		}
		if snapshots, err := to.client.Snapshots(ctx, target); err != nil || len(snapshots) != 0 {
			t.Errorf("snapshots: %v, %v", snapshots, err)
		}
	})
	t.Run("refused target leaves nothing", func(t *testing.T) {
		for _, mode := range []migrate.Mode{migrate.Pull, migrate.Push, migrate.Relay} {
			err := migrate.Volume(ctx, from.client, source, to.client, volumeID("nope", "v"), migrate.Options{Mode: mode})
			want(t, err, "the target: ", "Storage pool not found")
		}
		ops, err := from.client.Operations(ctx, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, op := range ops {
			if !op.Done() {
				t.Errorf("still waiting at the source: %+v", op.Info())
			}
		}
	})
	t.Run("missing source", func(t *testing.T) {
		err := migrate.Volume(ctx, from.client, volumeID("plain", "nope"), to.client, volumeID("plain", "nope"), migrate.Options{})
		if want(t, err, "read the source: "); !errors.Is(err, lxd.ErrNotFound) {
			t.Errorf("%v is not ErrNotFound", err)
		}
	})
	t.Run("move", func(t *testing.T) {
		target := volumeID("loop", "moved")
		if err := migrate.Volume(ctx, from.client, source, to.client, target, migrate.Options{Move: true}); err != nil {
			t.Fatal(err)
		}
		if found, err := from.client.HasVolume(ctx, source); found || err != nil {
			t.Errorf("the source is still there: %v, %v", found, err)
		}
		if got, err := os.ReadFile(to.file(target, "changing")); err != nil || string(got) != "after" {
			t.Errorf("%q, %v", got, err)
		}
	})
	for _, s := range []*server{from, to} {
		for _, e := range s.trace {
			if strings.Contains(e.Path, "secret") {
				t.Errorf("the trace has a secret: %s", e.Path)
			}
		}
	}
}

// Servers that have no way to each other.
func TestMigrateWithoutNetwork(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	from, to := newServer(t, false), newServer(t, false)
	for _, s := range []*server{from, to} {
		s.Run(t, "storage", "create", "p", "dir")
	}
	from.fill(t, volumeID("p", "v"))
	bring := func(mode migrate.Mode) error {
		return migrate.Volume(ctx, from.client, volumeID("p", "v"), to.client, volumeID("p", "w"), migrate.Options{Mode: mode})
	}
	want(t, bring(migrate.Pull), "the source: its server does not listen on the network (core.https_address)")
	want(t, bring(migrate.Push), "the target: its server does not listen on the network (core.https_address)")
	want(t, bring("teleport"), `there is no mode of migration "teleport"`)
	if err := bring(migrate.Any); err != nil {
		t.Fatal(err)
	}
	arrived(t, from, volumeID("p", "v"), to, volumeID("p", "w"))
}

// A target that is killed in the middle leaves the source as it was, and the next try gets through.
func TestMigrationBreaks(t *testing.T) {
	t.Parallel()
	for _, mode := range []migrate.Mode{migrate.Pull, migrate.Push, migrate.Relay} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			from, to := newServer(t, true), newServer(t, true)
			from.Run(t, "storage", "create", "p", "dir", "rsync.bwlimit=10MB") // so slow that the middle can be met
			to.Run(t, "storage", "create", "p", "dir")
			source, target := volumeID("p", "v"), volumeID("p", "w")
			from.fill(t, source)
			before := sum(t, from.file(source, "data"))

			ctx, cancel := context.WithTimeout(ctx, time.Minute)
			defer cancel()
			ended := make(chan error, 1)
			go func() {
				ended <- migrate.Volume(ctx, from.client, source, to.client, target, migrate.Options{
					Mode: mode, Move: true, Retry: func(_ context.Context, err error) error { return err },
				})
			}()
			// rsync writes what arrives under another name at first.
			halfWay := func() bool {
				var size int64
				arriving := target
				arriving.Name = "tarn-arriving-*"
				for _, pattern := range []string{to.file(arriving, ".data.*"), to.snapshotFile(arriving, "before", ".data.*")} {
					found, _ := filepath.Glob(pattern)
					for _, path := range found {
						if info, err := os.Stat(path); err == nil {
							size += info.Size()
						}
					}
				}
				return size > 5<<20
			}
			for !halfWay() {
				select {
				case err := <-ended:
					t.Fatalf("it ended before the middle: %v", err)
				case <-time.After(5 * time.Millisecond):
				}
			}
			if err := to.Kill(); err != nil {
				t.Fatal(err)
			}
			err := <-ended
			if err == nil {
				t.Fatal("the target was killed, and the migration says nothing")
			}
			t.Log(err)
			if got := sum(t, from.file(source, "data")); got != before {
				t.Errorf("the source has %s, want %s", got, before)
			}
			if _, err := from.client.Snapshot(ctx, source, "before"); err != nil {
				t.Errorf("the source's snapshot: %v", err)
			}

			if err := to.Restart(ctx); err != nil {
				t.Fatal(err)
			}
			left, err := to.client.Volume(ctx, target)
			t.Logf("left at the target: %+v %v", left, err)
			from.Run(t, "storage", "unset", "p", "rsync.bwlimit")
			data, err := os.ReadFile(from.file(source, "data"))
			if err != nil {
				t.Fatal(err)
			}
			if err := migrate.Volume(ctx, from.client, source, to.client, target, migrate.Options{Mode: mode, Move: true}); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(to.file(target, "data"))
			if err != nil || !bytes.Equal(got, data) {
				t.Errorf("%d bytes have arrived, want %d: %v", len(got), len(data), err)
			}
			if found, err := from.client.HasVolume(ctx, source); found || err != nil {
				t.Errorf("the source is still there: %v, %v", found, err)
			}
		})
	}
}

// From one member of a cluster to the other, where LXD 5.0 has no call of its own for it.
func TestMigrateBetweenMembers(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	members := lxdtest.NewCluster(t, 2)
	client := lxd.NewUnix(members[0].Socket(), lxd.Options{})
	t.Cleanup(client.Close)
	if err := client.CreateClusterPool(ctx, lxd.PoolCreate{Name: "p", Driver: "dir"}, nil); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []migrate.Mode{migrate.Pull, migrate.Push, migrate.Relay} {
		source := volumeID("p", "v-"+string(mode))
		source.Member = "n1"
		target := source
		target.Member = "n2"
		op, err := client.CreateVolume(ctx, source, lxd.VolumeCreate{Description: "d"})
		done(t, op, err)
		write(t, members[0].Path("storage-pools", "p", "custom", "default_"+source.Name, "file"), "here")
		if err := migrate.Volume(ctx, client, source, client, target, migrate.Options{Mode: mode, Move: true}); err != nil {
			t.Errorf("%s: %v", mode, err)
			continue
		}
		got, err := os.ReadFile(members[1].Path("storage-pools", "p", "custom", "default_"+source.Name, "file"))
		if err != nil || string(got) != "here" {
			t.Errorf("%s: %q, %v", mode, got, err)
		}
		if volume, err := client.Volume(ctx, volumeID("p", source.Name)); err != nil || volume.ID() != target {
			t.Errorf("%s: %+v, %v", mode, volume, err)
		}
	}
}

func TestMigrateIncus(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	incus := func() *server {
		s := &server{Server: lxdtest.NewIncus(t)}
		if _, err := s.Listen(ctx); err != nil {
			t.Fatal(err)
		}
		s.client = lxd.NewUnix(s.Socket(), lxd.Options{})
		t.Cleanup(s.client.Close)
		s.Run(t, "storage", "create", "p", "dir")
		return s
	}
	from, to := incus(), incus()
	source := volumeID("p", "v")
	op, err := from.client.CreateVolume(ctx, source, lxd.VolumeCreate{})
	done(t, op, err)
	write(t, from.file(source, "file"), "here")
	for _, mode := range []migrate.Mode{migrate.Pull, migrate.Push, migrate.Relay} {
		target := volumeID("p", "by-"+string(mode))
		if err := migrate.Volume(ctx, from.client, source, to.client, target, migrate.Options{Mode: mode}); err != nil {
			t.Errorf("%s: %v", mode, err)
			continue
		}
		if got, err := os.ReadFile(to.file(target, "file")); err != nil || string(got) != "here" {
			t.Errorf("%s: %q, %v", mode, got, err)
		}
	}
	other := newServer(t, false)
	err = migrate.Volume(ctx, from.client, source, other.client, source, migrate.Options{})
	want(t, err, "a volume cannot go from Incus 6", " to LXD 5")
}

func volumeID(pool, name string) lxd.VolumeID {
	return lxd.VolumeID{Project: lxd.DefaultProject, Pool: pool, Type: lxd.TypeCustom, Name: name}
}

// done carries a change through.
func done(t *testing.T, op *lxd.Operation, err error) {
	t.Helper()
	if err == nil {
		err = op.Wait(t.Context(), nil)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// want checks that an error has all the texts.
func want(t *testing.T, err error, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("got %v, want %q in it", err, text)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
