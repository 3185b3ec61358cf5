package promises

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tarn/applier/rehearse"
	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/sim"
	"tarn/planner"
	"tarn/planner/plan"
	"tarn/spec"
)

// TestRehearsalBesideOtherDrivers rehearses plans for a server that has a pool of a driver that the simulator does not have: it
// matters only when the plan changes something there.
func TestRehearsalBesideOtherDrivers(t *testing.T) {
	const array = `
pool "array" {
  driver = "pure"
  config = { "pure.gateway" = "https://array", "pure.api.token" = "t" }
  volume "kept" { config = { size = "10GiB" } }
`
	for name, c := range map[string]struct{ text, want string }{
		"not declared": {text: `pool "p" {
  driver = "dir"
  volume "new" {}
}`},
		"declared, nothing to do": {text: array + `}
pool "p" {
  driver = "dir"
  volume "new" {}
}`},
		"somebody else's": {text: `
pool "array" { existing = true }
pool "p" {
  driver = "dir"
  volume "new" {}
}`},
		"a volume": {text: array + `  volume "new" {}
}`, want: "the plan cannot be rehearsed: it changes pool array or what is in it, and the simulator has no driver pure"},
		"moved away": {text: array + `}
pool "p" {
  driver = "dir"
  volume "logs" { renamed_from = "array/logs" }
}`, want: "the plan cannot be rehearsed: it changes pool array or what is in it, and the simulator has no driver pure"},
		"a new pool": {text: `pool "more" {
  driver = "pure"
  config = { "pure.gateway" = "https://array", "pure.api.token" = "t" }
}`, want: "the plan cannot be rehearsed: step 1 creates pool more, and the simulator has no driver pure"},
	} {
		t.Run(name, func(t *testing.T) {
			s := ready(t, sim.State{Product: "lxd-6"})
			op, err := s.client().CreatePool(t.Context(), lxd.PoolID{Name: "p"}, lxd.PoolCreate{Name: "p", Driver: "dir"})
			if err == nil {
				err = op.Wait(t.Context(), nil)
			}
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "storage.hcl")
			if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			want, diags := spec.Load([]string{file}, spec.Options{})
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			opts := planner.Options{Remote: "here"}
			scope := planner.ScopeOf(want, opts)
			state, err := live.Read(t.Context(), s.client(), scope)
			if err != nil {
				t.Fatal(err)
			}
			withArray(state)
			p, diags, err := planFor(t.Context(), s.client(), state, want, opts)
			if err != nil || diags.HasErrors() || p.Empty() || len(p.Blockers) > 0 {
				t.Fatal(err, diags, p)
			}
			rehearsal, err := rehearse.Run(t.Context(), p, rehearse.Server{Client: s.client(), Live: state}, rehearse.Options{
				Scope: scope,
				Plan: func(ctx context.Context, client *lxd.Client, live *live.State) (*plan.Plan, error) {
					plan, diags, err := planFor(ctx, client, live, want, opts)
					if err == nil && diags.HasErrors() {
						err = diags
					}
					return plan, err
				},
			})
			switch {
			case c.want != "":
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%v, want %s", err, c.want)
				}
			case err != nil:
				t.Error(err)
			case !rehearsal.Passed() || rehearsal.Accepted != len(p.Steps):
				t.Errorf("%s", rehearsal)
			}
		})
	}
}

// withArray adds a pool on a storage array, with two volumes.
func withArray(state *live.State) {
	state.Server.Drivers = append(state.Server.Drivers, "pure")
	pool := &lxd.Pool{Name: "array", Driver: "pure", Status: lxd.StatusCreated, Config: map[string]string{"pure.gateway": "https://array", "pure.api.token": "t"}}
	for _, name := range []string{"kept", "logs"} {
		id := lxd.VolumeID{Project: lxd.DefaultProject, Pool: "array", Type: lxd.TypeCustom, Name: name}
		pool.UsedBy = append(pool.UsedBy, "/1.0/storage-pools/array/volumes/custom/"+name)
		state.VolumeIDs.Add(id)
		state.Volumes.Set(id, &lxd.Volume{Name: name, Type: lxd.TypeCustom, Pool: "array", Project: lxd.DefaultProject,
			ContentType: lxd.ContentFilesystem, Config: map[string]string{"size": "10GiB", "block.filesystem": "ext4", "block.mount_options": "discard"}})
	}
	state.Pools["array"] = pool
}
