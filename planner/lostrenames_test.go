package planner_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/planner"
	"tarn/planner/plan"
	"tarn/spec"
)

// loadSpec reads a spec that has to be right.
func loadSpec(t *testing.T, text string) *spec.Spec {
	t.Helper()
	path := filepath.Join(t.TempDir(), "storage.hcl")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	want, diags := spec.Load([]string{path}, spec.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return want
}

// lostRenames are the notices of a plan about volumes that undeclared ones may be.
func lostRenames(p *plan.Plan) []plan.Notice {
	return slices.DeleteFunc(slices.Clone(p.Notices), func(n plan.Notice) bool { return n.Code != plan.MaybeRenamed })
}

// holding is a server with a pool of these volumes, of which nothing but the names has been read.
func holding(names ...string) *live.State {
	state := newState()
	state.Pools["fast"] = &lxd.Pool{Name: "fast", Driver: "btrfs", Status: lxd.StatusCreated, Config: map[string]string{}}
	for _, name := range names {
		state.VolumeIDs.Add(inFast(name))
	}
	return state
}

func inFast(name string) lxd.VolumeID {
	return lxd.VolumeID{Project: lxd.DefaultProject, Pool: "fast", Type: lxd.TypeCustom, Name: name}
}

func numbered(n int, format string) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf(format, i)
	}
	return names
}

// What the spec does not declare is read where something new is created beside it, and only there.
func TestUndeclaredAreRead(t *testing.T) {
	const owned = `tarn { owner = "storage" }
`
	for name, c := range map[string]struct {
		spec  string
		held  []string
		there bool // the declared volume is on the server
		asked int
		told  int
	}{
		"something new":          {`pool "fast" { driver = "btrfs" volume "new" {} }`, []string{"a", "b"}, false, 2, 0},
		"nothing new":            {`pool "fast" { driver = "btrfs" volume "new" {} }`, []string{"a", "b"}, true, 0, 0},
		"in another pool":        {`pool "slow" { driver = "btrfs" volume "new" {} }`, []string{"a", "b"}, false, 0, 0},
		"its name elsewhere":     {`pool "slow" { driver = "btrfs" volume "a" {} }`, []string{"a", "b"}, false, 1, 0},
		"too many":               {`pool "fast" { driver = "btrfs" volume "new" {} }`, numbered(1001, "v%d"), false, 0, 1},
		"too many, but for owns": {owned + `pool "fast" { driver = "btrfs" volume "new" {} }`, numbered(1001, "v%d"), false, 0, 0},
		"as many as are read":    {`pool "fast" { driver = "btrfs" volume "new" {} }`, numbered(1000, "v%d"), false, 1000, 0},
	} {
		t.Run(name, func(t *testing.T) {
			state := holding(c.held...)
			if c.there {
				state.VolumeIDs.Add(inFast("new"))
				state.Volumes.Set(inFast("new"), &lxd.Volume{Name: "new", Pool: "fast", Project: lxd.DefaultProject, Type: lxd.TypeCustom, ContentType: lxd.ContentFilesystem})
			}
			p, diags := planner.New(loadSpec(t, multiline(c.spec)), state, planner.Options{})
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			if got := len(p.Missing.Undeclared); got != c.asked {
				t.Errorf("%d volumes are asked for, want %d", got, c.asked)
			}
			if got := lostRenames(p); len(got) != c.told {
				t.Errorf("%d notices, want %d: %v", len(got), c.told, got)
			}
		})
	}
}

// multiline writes the attributes and blocks of one line on lines of their own, as HCL wants them.
func multiline(text string) string {
	return strings.NewReplacer(`{ driver = "btrfs" volume`, "{\n driver = \"btrfs\"\n volume", "{} }", "{}\n}").Replace(text)
}

// A volume that went away while it was read is not asked for again.
func TestUndeclaredAreAskedOnce(t *testing.T) {
	want, state := loadSpec(t, multiline(`pool "fast" { driver = "btrfs" volume "new" {} }`)), holding("a", "gone")
	state.Undeclared = map[lxd.VolumeID]*lxd.Volume{
		inFast("a"): {Name: "a", Pool: "fast", Project: lxd.DefaultProject, Type: lxd.TypeCustom, ContentType: lxd.ContentFilesystem},
	}
	p, diags := planner.New(want, state, planner.Options{})
	if diags.HasErrors() || len(p.Missing.Undeclared) > 0 {
		t.Fatal(diags, p.Missing)
	}
	if got := lostRenames(p); len(got) != 1 || !strings.Contains(got[0].Text, `renamed_from = "a"`) {
		t.Errorf("notices %v", got)
	}
}

// However many new volumes and candidates there are, the notices stay few and short.
func TestLostRenamesAreFew(t *testing.T) {
	for name, config := range map[string]string{"all alike": `{}`, "each another size": `{ size = "${each.key}MiB" }`} {
		t.Run(name, func(t *testing.T) {
			want := loadSpec(t, `pool "fast" {
  driver = "btrfs"
  volume "v" {
    for_each = toset([for i in range(900) : format("%04d", i + 1)])
    name     = "new-${each.key}"
    config   = `+config+`
  }
}`)
			state := holding()
			for i := range 900 {
				volume := &lxd.Volume{Name: fmt.Sprintf("old-%d", i+1), Pool: "fast", Project: lxd.DefaultProject, Type: lxd.TypeCustom, ContentType: lxd.ContentFilesystem}
				if config != "{}" {
					volume.Config = map[string]string{"size": fmt.Sprintf("%dMiB", i+1)}
				}
				state.VolumeIDs.Add(volume.ID())
				state.Volumes.Set(volume.ID(), volume)
			}
			p, diags := planner.New(want, state, planner.Options{})
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			got := lostRenames(p)
			if len(got) == 0 || len(got) > 11 {
				t.Errorf("%d notices", len(got))
			}
			for _, notice := range got {
				if len(notice.Text) > 1500 {
					t.Errorf("a notice of %d bytes: %.200s…", len(notice.Text), notice.Text)
				}
			}
		})
	}
}
