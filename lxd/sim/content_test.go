package sim_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tarn/lxd"
	"tarn/lxd/migrate"
	"tarn/lxd/sim"
)

// contents shows what the volumes of all pools and their snapshots hold.
func contents(server *sim.Server) string {
	var all []string
	state := server.State()
	for _, pool := range slices.Sorted(maps.Keys(state.Pools)) {
		for key, v := range state.Pools[pool].Volumes {
			all = append(all, fmt.Sprintf("%s/%s=%s", pool, key.Name, v.Content))
			for _, snapshot := range v.Snapshots {
				all = append(all, fmt.Sprintf("%s/%s/%s=%s", pool, key.Name, snapshot.Name, snapshot.Content))
			}
		}
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// The content of a volume goes where its data go: with the volume and its snapshots, and not with its name.
func TestContent(t *testing.T) {
	for _, product := range products {
		t.Run(product, func(t *testing.T) {
			server := sim.New(&sim.State{Product: product, Pools: map[string]*sim.Pool{
				"p": {Driver: "dir", Volumes: map[sim.Key]*sim.Volume{
					{Project: "default", Type: "custom", Name: "v"}: {Content: "new", Snapshots: []*sim.Snapshot{{Name: "s", Content: "old"}}},
				}},
				"q": {Driver: "dir"},
			}})
			defer server.Close()
			f := &testServer{lxd.NewDialed("sim:", server.Dial, lxd.Options{}), t, server}
			defer f.Close()
			ctx := t.Context()
			for _, step := range []struct {
				what string
				do   func() (*lxd.Operation, error)
				want string
			}{
				{"rename", func() (*lxd.Operation, error) { return f.RenameVolume(ctx, volume("v"), "w") },
					"p/w/s=old p/w=new"},
				{"create under the old name", func() (*lxd.Operation, error) { return f.CreateVolume(ctx, volume("v"), lxd.VolumeCreate{}) },
					"p/v= p/w/s=old p/w=new"},
				{"refresh", func() (*lxd.Operation, error) {
					return f.CopyVolume(ctx, volume("w"), volume("v"), lxd.Copy{Refresh: true, VolumeOnly: true})
				}, "p/v=new p/w/s=old p/w=new"},
				{"delete", func() (*lxd.Operation, error) { return f.DeleteVolume(ctx, volume("v")) },
					"p/w/s=old p/w=new"},
				{"move", func() (*lxd.Operation, error) { return f.MoveVolume(ctx, volume("w"), in("q", "w")) },
					"q/w/s=old q/w=new"},
				{"copy a snapshot", func() (*lxd.Operation, error) {
					return f.CopyVolume(ctx, in("q", "w"), volume("c"), lxd.Copy{Snapshot: "s"})
				}, "p/c=old q/w/s=old q/w=new"},
				{"snapshot", func() (*lxd.Operation, error) {
					return f.CreateSnapshot(ctx, in("q", "w"), lxd.SnapshotCreate{Name: "t"})
				}, "p/c=old q/w/s=old q/w/t=new q/w=new"},
				{"restore", func() (*lxd.Operation, error) { return f.RestoreSnapshot(ctx, in("q", "w"), "s") },
					"p/c=old q/w/s=old q/w/t=new q/w=old"},
			} {
				op, err := step.do()
				if err == nil {
					err = op.Wait(ctx, nil)
				}
				if err != nil {
					t.Fatalf("%s: %v", step.what, err)
				}
				if got := contents(server); got != step.want {
					t.Errorf("after %s: %s, want %s", step.what, got, step.want)
				}
			}
		})
	}
}

// A volume that goes to another server takes its content along, and its snapshots' too.
func TestContentMigrates(t *testing.T) {
	from, to := simulatedMigrationServer(t, ""), simulatedMigrationServer(t, "")
	v := from.server.State().Pools["p"].Volumes[sim.Key{Project: "default", Type: "custom", Name: "v"}]
	v.Content, v.Snapshots = "new", []*sim.Snapshot{{Name: "s", Content: "old"}}
	source, target := volume("v"), volume("moved")
	if err := migrate.Volume(t.Context(), from.Client, source, to.Client, target, migrate.Options{Move: true}); err != nil {
		t.Fatal(err)
	}
	if got, want := contents(to.server), "p/moved/s=old p/moved=new p/v="; got != want {
		t.Errorf("the target has %s, want %s", got, want)
	}
	if got := contents(from.server); got != "" {
		t.Errorf("the source still has %s", got)
	}
}

// What a test edits is there at once, in the file too, and is judged as a file is.
func TestEdit(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	server, err := sim.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Edit(func(s *sim.State) {
		s.Pools["p"] = &sim.Pool{Driver: "dir", Volumes: map[sim.Key]*sim.Volume{{Project: "default", Type: "custom", Name: "v"}: {Content: "new"}}}
	}); err != nil {
		t.Fatal(err)
	}
	if code, body := send(t, server, "GET", "/1.0/storage-pools/p/volumes/custom/v", ""); code != 200 {
		t.Errorf("the volume: %d %s", code, body)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if server, err = sim.Open(file); err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if got := contents(server); got != "p/v=new" {
		t.Errorf("the file has %s", got)
	}
	if err := server.Edit(func(s *sim.State) { s.Pools["q"] = &sim.Pool{} }); err == nil {
		t.Error("a pool without a driver was taken")
	}
}
