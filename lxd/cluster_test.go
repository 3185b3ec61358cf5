package lxd_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/lxdtest"
	"tarn/lxd/sim"
)

// connectCluster starts a cluster of n1 and n2 and gives a client for n1.
func connectCluster(t *testing.T) ([]*lxdtest.Server, *lxd.Client) {
	t.Helper()
	members := lxdtest.NewCluster(t, 2)
	client := lxd.NewUnix(members[0].Socket(), lxd.Options{})
	t.Cleanup(client.Close)
	return members, client
}

func TestClusterPool(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	members, client := connectCluster(t)
	one, err := client.Server(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if two, err := lxd.NewUnix(members[1].Socket(), lxd.Options{}).Server(ctx); err != nil || two.Fingerprint() != one.Fingerprint() || len(one.Fingerprint()) != 64 {
		t.Errorf("the members of a cluster are told apart: %v, %q and %q", err, one.Fingerprint(), two.Fingerprint())
	}
	dir := t.TempDir()
	source := func(name string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(path, 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	configs := map[string]map[string]string{"n1": {"source": source("n1")}, "n2": {"source": source("n2")}}
	create := lxd.PoolCreate{Name: "p", Driver: "dir", Description: "both", Config: map[string]string{"user.a": "1", "rsync.bwlimit": "9MB"}}

	check := func(t *testing.T, name string, configs map[string]map[string]string) {
		t.Helper()
		for member, config := range configs {
			pool, err := client.Pool(ctx, lxd.PoolID{Name: name, Member: member})
			if err != nil {
				t.Fatal(err)
			}
			want := maps.Clone(create.Config)
			maps.Copy(want, config)
			if diff := cmp.Diff(want, pool.Config); diff != "" || pool.Status != lxd.StatusCreated || pool.Description != "both" {
				t.Errorf("on %s: %s %q\n%s", member, pool.Status, pool.Description, diff)
			}
		}
	}

	if err := client.CreateClusterPool(ctx, create, configs); err != nil {
		t.Fatal(err)
	}
	check(t, "p", configs)
	err = client.CreateClusterPool(ctx, create, configs)
	want(t, err, "the pool exists already, its status is Created")
	if !errors.Is(err, lxd.ErrConflict) {
		t.Errorf("%v is not ErrConflict", err)
	}
	want(t, client.CreateClusterPool(ctx, create, map[string]map[string]string{"n3": nil}), `the cluster has no member "n3"; did you mean "n1" or "n2"?`)

	t.Run("stopped after the first member", func(t *testing.T) {
		create := create
		create.Name = "half"
		configs := map[string]map[string]string{"n1": {"source": source("h1")}, "n2": {"source": source("h2")}}
		op, err := client.CreatePool(ctx, lxd.PoolID{Name: "half", Member: "n1"}, lxd.PoolCreate{Driver: "dir", Config: configs["n1"]})
		done(t, op, err)
		other := create
		other.Driver = "btrfs"
		want(t, client.CreateClusterPool(ctx, other, configs), "the pool has been defined with driver dir on n1: delete it first")
		if err := client.CreateClusterPool(ctx, create, configs); err != nil {
			t.Fatal(err)
		}
		check(t, "half", configs)
	})
	t.Run("defined with another source", func(t *testing.T) {
		create := create
		create.Name = "moved"
		configs := map[string]map[string]string{"n1": {"source": source("m1")}, "n2": {"source": source("m2")}}
		for _, member := range []string{"n1", "n2"} {
			op, err := client.CreatePool(ctx, lxd.PoolID{Name: "moved", Member: member}, lxd.PoolCreate{Driver: "dir", Config: map[string]string{"source": "/wrong"}})
			done(t, op, err)
		}
		if err := client.CreateClusterPool(ctx, create, configs); err != nil {
			t.Fatal(err)
		}
		check(t, "moved", configs)
	})
	t.Run("one member fails", func(t *testing.T) {
		create := create
		create.Name = "failed"
		configs := map[string]map[string]string{"n1": {"source": source("f1")}, "n2": {"source": "/not/there"}}
		err := client.CreateClusterPool(ctx, create, configs)
		want(t, err, "failed to notify peer", "Source path '/not/there' doesn't exist")
		pool, err := client.Pool(ctx, lxd.PoolID{Name: "failed"})
		if err != nil || pool.Status != lxd.StatusErrored {
			t.Fatalf("after the failure: %+v, %v", pool, err)
		}
		configs["n2"]["source"] = source("f2")
		create.Config["user.b"] = "2" // and something more is wanted now
		if err := client.CreateClusterPool(ctx, create, configs); err != nil {
			t.Fatal(err)
		}
		check(t, "failed", configs)
	})
}

// Volumes of one name on two members are two volumes.
func TestSameNameOnTwoMembers(t *testing.T) {
	t.Parallel()
	t.Run("LXD", func(t *testing.T) {
		t.Parallel()
		_, client := connectCluster(t)
		testSameNameOnTwoMembers(t, client)
	})
	t.Run("simulator", func(t *testing.T) {
		t.Parallel()
		client := lxd.NewUnix(simulate(t, &sim.State{Members: map[string]*sim.Member{"n1": {}, "n2": {}}}), lxd.Options{})
		t.Cleanup(client.Close)
		testSameNameOnTwoMembers(t, client)
	})
}

func testSameNameOnTwoMembers(t *testing.T, client *lxd.Client) {
	ctx := t.Context()
	if err := client.CreateClusterPool(ctx, lxd.PoolCreate{Name: "p", Driver: "dir"}, nil); err != nil {
		t.Fatal(err)
	}
	on := func(member, name string) lxd.VolumeID {
		id := volumeID("p", name)
		id.Member = member
		return id
	}
	for _, member := range []string{"n1", "n2"} {
		op, err := client.CreateVolume(ctx, on(member, "v"), lxd.VolumeCreate{Description: "on " + member})
		done(t, op, err)
	}
	listed := func() map[lxd.VolumeID]string {
		t.Helper()
		volumes, err := client.Volumes(ctx, "p", lxd.VolumeList{})
		if err != nil {
			t.Fatal(err)
		}
		found := map[lxd.VolumeID]string{}
		for _, v := range volumes {
			found[v.ID()] = v.Description
		}
		return found
	}
	if diff := cmp.Diff(map[lxd.VolumeID]string{on("n1", "v"): "on n1", on("n2", "v"): "on n2"}, listed()); diff != "" {
		t.Error(diff)
	}
	_, err := client.Volume(ctx, volumeID("p", "v"))
	want(t, err, `More than one cluster member has a volume named "v"`)

	op, err := client.PatchVolume(ctx, on("n2", "v"), lxd.Patch{Description: "changed"}, nil)
	done(t, op, err)
	op, err = client.RenameVolume(ctx, on("n1", "v"), "w")
	done(t, op, err)
	if op.Volume() != on("n1", "w") {
		t.Errorf("renamed to %+v", op.Volume())
	}
	if diff := cmp.Diff(map[lxd.VolumeID]string{on("n1", "w"): "on n1", on("n2", "v"): "changed"}, listed()); diff != "" {
		t.Error(diff)
	}
	op, err = client.RenameVolume(ctx, on("n2", "v"), "w")
	done(t, op, err)
	op, err = client.DeleteVolume(ctx, on("n1", "w"))
	done(t, op, err)
	if diff := cmp.Diff(map[lxd.VolumeID]string{on("n2", "w"): "changed"}, listed()); diff != "" {
		t.Error(diff)
	}
	state, err := live.Read(ctx, client, live.Scope{Pools: map[string]live.Names{"p": nil}})
	if err != nil {
		t.Fatal(err)
	}
	if held := state.VolumeIDs; held.Len() != 1 || !held.Has(on("n2", "w")) {
		t.Errorf("held: %+v", held)
	}
	// A volume without a member named is put on the one that is asked.
	op, err = client.CreateVolume(ctx, volumeID("p", "where"), lxd.VolumeCreate{})
	done(t, op, err)
	v, err := client.Volume(ctx, volumeID("p", "where"))
	if err != nil || v.ID() != on("n1", "where") {
		t.Errorf("%+v, %v", v, err)
	}
	_, err = client.Volume(ctx, on("n2", "where"))
	if !errors.Is(err, lxd.ErrNotFound) {
		t.Errorf("on the other member: %v", err)
	}
	_, err = client.CreateVolume(ctx, on("n9", "x"), lxd.VolumeCreate{})
	if !errors.Is(err, lxd.ErrNotFound) {
		t.Errorf("on no member: %v", err)
	}
}

// What a volume holds is asked of the member that has it, also where another one has a volume of the same name. The
// simulator and LXD 5.0.2 both look elsewhere unless they are asked in the right way.
func TestMemberUsage(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, client *lxd.Client) {
		ctx := t.Context()
		if err := client.CreateClusterPool(ctx, lxd.PoolCreate{Name: "p", Driver: "dir"}, nil); err != nil {
			t.Fatal(err)
		}
		here := lxd.VolumeID{Pool: "p", Type: lxd.TypeCustom, Name: "v 1", Member: "n1"}
		there, only := here, here
		there.Member, only.Member, only.Name = "n2", "n2", "v 1x"
		for id, snapshot := range map[lxd.VolumeID]string{here: "a", there: "b", only: "c"} {
			op, err := client.CreateVolume(ctx, id, lxd.VolumeCreate{})
			done(t, op, err)
			op, err = client.CreateSnapshot(ctx, id, lxd.SnapshotCreate{Name: snapshot})
			done(t, op, err)
		}
		for id, want := range map[lxd.VolumeID]string{here: "a", there: "b", only: "c"} {
			usage, err := client.Usage(ctx, id)
			if err != nil || !slices.Equal(usage.Snapshots, []string{want}) {
				t.Errorf("usage of %s on %s: %+v, %v; want the snapshot %s", id, id.Member, usage, err, want)
			}
			snapshots, err := client.Snapshots(ctx, id)
			if err != nil || len(snapshots) != 1 || snapshots[0].Name != want {
				t.Errorf("snapshots of %s on %s: %v, %v; want %s", id, id.Member, snapshots, err, want)
			}
		}
		missing := there
		missing.Name = "nothing"
		if _, err := client.Usage(ctx, missing); !errors.Is(err, lxd.ErrNotFound) {
			t.Errorf("usage of no volume: %v", err)
		}
	}
	t.Run("LXD", func(t *testing.T) {
		_, client := connectCluster(t)
		check(t, client)
	})
	t.Run("simulator", func(t *testing.T) {
		client := lxd.NewUnix(simulate(t, &sim.State{Members: map[string]*sim.Member{"n1": {}, "n2": {}}}), lxd.Options{})
		t.Cleanup(client.Close)
		check(t, client)
	})
}
