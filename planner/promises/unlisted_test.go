package promises

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"tarn/lxd"
	"tarn/lxd/sim"
	"tarn/planner"
	"tarn/planner/plan"
	"tarn/spec"
)

// TestUnlisted marks volumes with a percent sign in their names, which LXD 5.21.7 and 6.9 do not name among what uses a pool: what
// is in a project that the spec does not name is found all the same, and so is what a copy was made of.
func TestUnlisted(t *testing.T) {
	for _, product := range products {
		t.Run(product, func(t *testing.T) {
			s := ready(t, sim.State{Product: product})
			client := s.client()
			must := func(op *lxd.Operation, err error) {
				t.Helper()
				if err == nil {
					err = op.Wait(t.Context(), nil)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			must(client.CreatePool(t.Context(), lxd.PoolID{Name: "p"}, lxd.PoolCreate{Name: "p", Driver: "dir"}))
			volume := func(project, name, of string) lxd.VolumeID {
				id := lxd.VolumeID{Project: project, Pool: "p", Type: lxd.TypeCustom, Name: name}
				config := map[string]string{}
				if of != "" {
					config = map[string]string{ownerMark: "us", ofMark: of}
				}
				must(client.CreateVolume(t.Context(), id, lxd.VolumeCreate{Config: config}))
				return id
			}
			left := volume("own", "left%1", "own:p/left%1")
			volume(lxd.DefaultProject, "original%1", "")
			copied := volume(lxd.DefaultProject, "copied%1", "p/original%1")
			file := filepath.Join(t.TempDir(), "storage.hcl")
			if err := os.WriteFile(file, []byte(`tarn { owner = "us" }`), 0o600); err != nil {
				t.Fatal(err)
			}
			want, diags := spec.Load([]string{file}, spec.Options{})
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			made, diags, err := makePlan(t.Context(), client, want, planner.Options{Remote: "here"})
			if err != nil || diags.HasErrors() {
				t.Fatal(err, diags)
			}
			if !slices.Equal(made.Orphans, []plan.Object{plan.VolumeObject(left)}) {
				t.Errorf("orphans %v, want %v", made.Orphans, left)
			}
			if len(made.Notices) != 1 || made.Notices[0].Code != plan.CopiedMark || made.Notices[0].Object != plan.VolumeObject(copied) {
				t.Errorf("notices %v, want that %v is a copy", made.Notices, copied)
			}
		})
	}
}
