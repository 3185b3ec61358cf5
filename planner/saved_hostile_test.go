package planner_test

import (
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/planner"
	"tarn/planner/plan"
	"tarn/spec"
)

// edited is the document of a plan after somebody has changed it who knows how to make the digest right.
func edited(t *testing.T, p *plan.Plan, edit func(document map[string]any)) []byte {
	t.Helper()
	var document map[string]any
	if err := json.Unmarshal([]byte(written(t, p.WriteJSON)), &document); err != nil {
		t.Fatal(err)
	}
	edit(document)
	return sealed(t, document)
}

// savedExample is a plan with a migration, a deletion and a rename, and the servers that it was made for.
func savedExample(t *testing.T) (*plan.Plan, *live.State, map[string]*live.State) {
	t.Helper()
	here, there := newState(), newState()
	hold := func(state *live.State, volume *lxd.Volume) {
		volume.Type, volume.ContentType, volume.Project = lxd.TypeCustom, lxd.ContentFilesystem, "default"
		state.Volumes.Set(volume.ID(), volume)
		state.VolumeIDs.Add(volume.ID())
	}
	for _, state := range []*live.State{here, there} {
		state.Pools["p"] = &lxd.Pool{Name: "p", Driver: "dir", Status: lxd.StatusCreated, Config: map[string]string{}}
	}
	hold(here, &lxd.Volume{Pool: "p", Name: "gone"})
	hold(here, &lxd.Volume{Pool: "p", Name: "old", UsedBy: []string{"/1.0/instances/c1"}})
	hold(there, &lxd.Volume{Pool: "p", Name: "far"})
	remotes := map[string]*live.State{"other": there}
	p, diags := planner.New(&spec.Spec{Pools: []*spec.Pool{{Name: "p", Existing: true, Volumes: []*spec.Volume{
		{Name: "gone", Absent: true}, {Name: "new", RenamedFrom: &spec.VolumeRef{Name: "old"}},
		{Name: "here", RenamedFrom: &spec.VolumeRef{Remote: "other", Name: "far"}},
	}}}}, here, planner.Options{Remote: "prod", Remotes: remotes})
	if diags.HasErrors() || len(p.Steps) != 3 {
		t.Fatal(diags, p)
	}
	return p, here, remotes
}

// A plan file that somebody has edited and sealed again is refused where it contradicts itself.
func TestReadRefusesContradictions(t *testing.T) {
	step := func(document map[string]any, action string) map[string]any {
		for _, s := range document["steps"].([]any) {
			if s := s.(map[string]any); s["action"] == action {
				return s
			}
		}
		panic(action)
	}
	seen := func(document map[string]any, name string) map[string]any {
		for _, s := range document["seen"].([]any) {
			if s := s.(map[string]any); s["object"].(map[string]any)["name"] == name {
				return s
			}
		}
		panic(name)
	}
	p, _, _ := savedExample(t)
	if _, err := plan.Read(edited(t, p, func(map[string]any) {})); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		want string
		edit func(map[string]any)
	}{
		"a source without its remote": {`the remote "other" is not among those`, func(d map[string]any) {
			delete(d, "remotes")
			d["seen"] = slices.DeleteFunc(d["seen"].([]any), isRemote)
		}},
		"seen elsewhere, and nothing comes": {`no volume comes from the remote "mars"`, func(d map[string]any) { seen(d, "far")["object"].(map[string]any)["remote"] = "mars" }},
		"a source that nobody saw":          {"it brings what was not seen", func(d map[string]any) { d["seen"] = slices.DeleteFunc(d["seen"].([]any), isRemote) }},
		"a remote that nothing needs": {`no step needs the remote "mars"`, func(d map[string]any) {
			d["remotes"] = append(d["remotes"].([]any), map[string]any{"remote": "mars", "address": "https://mars", "version": "LXD 5.0.2", "project": "default"})
		}},
		"a remote twice": {`the remote "other" is named twice`, func(d map[string]any) { d["remotes"] = append(d["remotes"].([]any), d["remotes"].([]any)[0]) }},
		"seen twice":     {"is there twice", func(d map[string]any) { d["seen"] = append(d["seen"].([]any), seen(d, "gone")) }},
		"a deletion of what was not looked at": {"does not say what config", func(d map[string]any) {
			delete(seen(d, "gone"), "used_by")
		}},
		"a deletion of what nobody saw": {"it deletes what was not seen", func(d map[string]any) {
			step(d, "delete")["object"].(map[string]any)["name"] = "precious"
		}},
		"another spelling": {`a field "STEPS"`, func(d map[string]any) { d["STEPS"] = d["steps"] }},
		"a class that is none": {`there is no class "harmless"`, func(d map[string]any) {
			step(d, "delete")["class"] = "harmless"
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := plan.Read(edited(t, p, c.edit)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func isRemote(seen any) bool {
	return seen.(map[string]any)["object"].(map[string]any)["remote"] != nil
}

// What a step costs and destroys comes from what it does and from the server, never from the file.
func TestClassesAreNotBelieved(t *testing.T) {
	p, here, _ := savedExample(t)
	content := edited(t, p, func(document map[string]any) {
		for _, s := range document["steps"].([]any) {
			s := s.(map[string]any)
			s["class"] = "safe"
			delete(s, "evidence")
		}
		document["blockers"] = []any{}
	})
	again, err := plan.Read(content)
	if err != nil {
		t.Fatal(err)
	}
	gone := lxd.VolumeID{Project: "default", Pool: "p", Type: lxd.TypeCustom, Name: "gone"}
	here.Usage[gone] = &lxd.Usage{Used: 5000, Snapshots: []string{"monday"}}
	planner.Rejudge(again, here)
	text := written(t, func(w io.Writer) error { return again.WriteText(w, plan.TextOptions{}) })
	for _, want := range []string{"destroys data: 4.9 KiB used, 1 snapshot", "disruptive: used by instance c1"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text does not say %q:\n%s", want, text)
		}
	}
	if deletion := again.Steps[2].Action.(plan.DeleteVolume); !slices.Equal(deletion.Seen.Snapshots, []string{"monday"}) {
		t.Error("a snapshot that is taken after the text was shown would not be noticed", deletion.Seen)
	}

	// Nor does a file that has lost its blockers pass what the server protects.
	here.Volumes.Get(gone).Config = map[string]string{"user.tarn.prevent_delete": "true"}
	here.Volumes.Get(gone).UsedBy = []string{"/1.0/instances/c2"}
	planner.Rejudge(again, here)
	var codes []plan.BlockerCode
	for _, blocker := range again.Blockers {
		codes = append(codes, blocker.Code)
	}
	if !slices.Equal(codes, []plan.BlockerCode{plan.Protected, plan.InUse}) {
		t.Error(again.Blockers)
	}
}
