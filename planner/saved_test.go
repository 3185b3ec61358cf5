package planner_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/tools/txtar"
	"pgregory.net/rapid"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/planner"
	"tarn/planner/plan"
	"tarn/spec"
)

// testSaved checks that a plan comes back as it was written, but for what it withholds, and reads the same.
func testSaved(t interface {
	Helper()
	Fatal(...any)
}, p *plan.Plan) {
	t.Helper()
	var document, again, before, after bytes.Buffer
	for _, err := range []error{p.WriteJSON(&document), p.WriteText(&before, plan.TextOptions{})} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if !plan.IsSaved(document.Bytes()) {
		t.Fatal("not taken for a saved plan", document.String())
	}
	loaded, err := plan.Read(document.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{loaded.WriteJSON(&again), loaded.WriteText(&after, plan.TextOptions{})} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(before.String(), after.String()); diff != "" {
		t.Fatal(diff)
	}
	if diff := cmp.Diff(document.String(), again.String()); diff != "" {
		t.Fatal(diff)
	}
	if err := loaded.RestoreSecrets(p); err != nil {
		t.Fatal(err)
	}
	// Of patched secrets the old value comes back with the new one. The value of one that goes is nowhere but on the server.
	if diff := cmp.Diff(p, loaded, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(plan.Plan{}, "Missing", "MissingOf", "MissingRemotes"),
		cmp.Comparer(func(a, b plan.Change) bool {
			gone := a.Secret && b.Secret && a.From != nil && b.From != nil && a.To == nil && b.To == nil
			return cmp.Equal(a, b, cmp.FilterPath(func(p cmp.Path) bool { return gone && p.String() == "From" }, cmp.Ignore()))
		})); diff != "" {
		t.Fatal(diff)
	}
}

// A plan comes back from its JSON as it was, whatever its objects and values are called.
func TestSavedPlanComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		odd := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"a.config.b", "member.x", "", "\"", "ü\n", "config."})).Draw
		live := newState()
		live.Pools["p"] = &lxd.Pool{Name: "p", Driver: "btrfs", Status: lxd.StatusCreated, Config: map[string]string{"source": "/p"}}
		pool := &spec.Pool{Name: "p", Driver: "btrfs"}
		for _, name := range []string{"there", "new"} {
			// As far as the server takes it: a slash and a name beyond 255 bytes are errors of the plan.
			prefix := strings.ReplaceAll(odd(t, "name"), "/", ":")
			volume := &spec.Volume{Name: prefix[:min(len(prefix), 200)] + name, Address: name, Config: spec.Config{}}
			for range 3 {
				volume.Config["user."+odd(t, "key")] = spec.Value{Text: odd(t, "value") + "=", Sensitive: rapid.Bool().Draw(t, "sensitive")}
			}
			pool.Volumes = append(pool.Volumes, volume)
		}
		there := &lxd.Volume{Pool: "p", Name: pool.Volumes[0].Name, Type: lxd.TypeCustom, ContentType: "filesystem", Project: "default",
			Config: map[string]string{"user." + odd(t, "key"): odd(t, "value")}}
		live.Volumes.Set(there.ID(), there)
		live.VolumeIDs.Add(there.ID())
		plan, diags := planner.New(&spec.Spec{Pools: []*spec.Pool{pool}}, live, planner.Options{Remote: "prod"})
		if diags.HasErrors() || len(plan.Steps) != 2 {
			t.Fatal(diags, plan)
		}
		testSaved(t, plan)
	})
}

// A secret that goes stays withheld: there is nothing to take its value from, and none is needed to unset it.
func TestSavedPlanUnsetsSecret(t *testing.T) {
	live := newState()
	live.Pools["p"] = &lxd.Pool{Name: "p", Driver: "dir", Status: lxd.StatusCreated, Config: map[string]string{"source": "/p", "user.old": "hush-hush-hush"}}
	p, diags := planner.New(&spec.Spec{Pools: []*spec.Pool{{Name: "p", Driver: "dir",
		Config: spec.Config{"user.new": {Text: "hush-hush-hush", Sensitive: true}}}}}, live, planner.Options{Remote: "prod"})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	testSaved(t, p)
	var document bytes.Buffer
	if err := p.WriteJSON(&document); err != nil {
		t.Fatal(err)
	}
	loaded, err := plan.Read(document.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	want := []plan.Step{{Number: 1, Reason: "differs in 2 keys", Class: plan.Safe, Action: plan.PatchPool{Pool: "p",
		Changes: []plan.Change{{Attr: plan.ConfigAttr("user.new"), To: new(string), Secret: true}, {Attr: plan.ConfigAttr("user.old"), From: new(string), Secret: true}}}}}
	if diff := cmp.Diff(want, loaded.Steps, cmpopts.EquateEmpty()); diff != "" {
		t.Fatal(diff)
	}
}

// What is no plan, or no longer one, is told in words.
func TestReadRefuses(t *testing.T) {
	var b bytes.Buffer
	p := &plan.Plan{Server: plan.Server{Remote: "prod", Version: "LXD 5.0.2", Address: "unix:x", Project: "default"},
		Steps: []plan.Step{{Number: 1, Reason: "absent", Class: plan.DestroysData, Action: plan.CreatePool{Pool: "p", Driver: "dir"}}}}
	if err := p.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	whole := b.String()
	for _, c := range []struct {
		name, content, want string
		saved               bool
	}{
		{"empty", "", "damaged or cut off: line 1: unexpected end", false},
		{"cut off", whole[:len(whole)/2], "damaged or cut off: line", true},
		{"edited", strings.Replace(whole, `"dir"`, `"zfs"`, 1), "edited or damaged", true},
		{"no digest", strings.Replace(whole, `"digest"`, `"digset"`, 1), "edited or damaged", true},
		{"older", strings.Replace(whole, `"2.0"`, `"1.1"`, 1), "it has format 1.1, and this tarn reads 2.x: apply it with the tarn that made it, or plan again", true},
		{"newer", strings.Replace(whole, `"2.0"`, `"3.0"`, 1), "it has format 3.0, and this tarn reads 2.x", true},
		{"odd version", strings.Replace(whole, `"2.0"`, `"one"`, 1), `its format_version is "one"`, true},
		{"another document", `{"format_version": "2.0", "valid": true}`, "it has no steps", false},
		{"why there is no plan", `{"format_version": "2.0", "error": {"code": "spec", "text": ""}}`, "it has no steps", false},
		{"a plan of OpenTofu", `{"format_version": "1.2", "terraform_version": "1.8.0", "planned_values": {}, "resource_changes": []}`, "it has format 1.2", false},
		{"a plan of OpenTofu, cut off", `{"format_version": "1.2", "terraform_version": "1.8.0", "planned_values": {`, "damaged", false},
		{"laid out by another program", strings.Join(strings.Fields(whole), " ")[:150], "damaged", true},
		{"no plan", `{"steps": []}`, "it has no format_version", false},
		{"an array", `[]`, "damaged", false},
		{"two documents", whole + whole, "damaged", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if saved := plan.IsSaved([]byte(c.content)); saved != c.saved {
				t.Error("taken for a saved plan:", saved)
			}
			_, err := plan.Read([]byte(c.content))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// A later tarn of the same major version may say more, and other programs may lay the document out anew.
func TestReadIgnoresWhatIsNew(t *testing.T) {
	var b bytes.Buffer
	p := &plan.Plan{Server: plan.Server{Remote: "prod", Version: "LXD 5.0.2", Address: "unix:x", Project: "default"}, Steps: []plan.Step{}}
	if err := p.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var document map[string]any
	if err := json.Unmarshal(b.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	document["format_version"] = "2.99"
	document["weather"] = map[string]any{"wind": 3.50}
	again, err := plan.Read(sealed(t, document))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, again, cmpopts.EquateEmpty()); diff != "" {
		t.Fatal(diff)
	}
}

// sealed writes a document with the digest that it has to have.
func sealed(t *testing.T, document map[string]any) []byte {
	t.Helper()
	delete(document, "digest")
	canonical, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	document["digest"] = fmt.Sprintf("sha256:%x", sha256.Sum256(canonical))
	whole, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return whole
}

// Whatever a file has, it is read or refused, and what is read can be written.
func FuzzRead(f *testing.F) {
	cases, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range cases {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if file.Name == "plan.json" {
				f.Add(file.Data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		plan.IsSaved(content)
		p, err := plan.Read(content)
		if err != nil {
			decoder := json.NewDecoder(bytes.NewReader(content))
			decoder.UseNumber()
			var document map[string]any
			if decoder.Decode(&document) != nil || document == nil {
				return
			}
			if p, err = plan.Read(sealed(t, document)); err != nil { // edited by somebody who knows how
				return
			}
		}
		for _, write := range []func(io.Writer) error{
			func(w io.Writer) error { return p.WriteText(w, plan.TextOptions{}) },
			func(w io.Writer) error { return p.WriteMarkdown(w, plan.TextOptions{}) },
		} {
			written(t, write)
		}
		if document := written(t, p.WriteJSON); len(p.Blockers)+len(p.Notices) == 0 { // whose codes a later tarn may have more of
			validate(t, document)
		}
		p.SecretSteps()
		p.Destroyed()
		p.Scope()
		remotes := map[string]*live.State{}
		for remote := range p.RemoteScopes() {
			remotes[remote] = newState()
		}
		for _, state := range []*live.State{newState(), fullState(p)} {
			planner.Stale(p, state, remotes)
			planner.Rejudge(p, state)
			planner.NotConverged(p, state)
		}
	})
}

// fullState is a server that has what a plan has seen.
func fullState(p *plan.Plan) *live.State {
	state := newState()
	for _, seen := range p.Seen {
		if object := seen.Object; object.IsPool() {
			state.Pools[object.Pool] = &lxd.Pool{Name: object.Pool, Driver: seen.Driver, Status: seen.Status, Config: seen.Config}
		} else {
			id := object.Volume
			state.Volumes.Set(id, &lxd.Volume{Project: id.Project, Pool: id.Pool, Type: id.Type, Name: id.Name, Location: id.Member, ContentType: seen.ContentType, Config: seen.Config})
		}
	}
	return state
}

// validate holds a plan's JSON against the schema.
func validate(t *testing.T, document string) {
	t.Helper()
	instance, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	if err := planSchema().Validate(instance); err != nil {
		t.Fatal(err)
	}
}

var planSchema = sync.OnceValue(func() *jsonschema.Schema {
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(plan.JSONSchema))
	if err != nil {
		panic(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("plan.schema.json", document); err != nil {
		panic(err)
	}
	return compiler.MustCompile("plan.schema.json")
})

// Without this a schema that allows everything would pass.
func TestSchemaRefuses(t *testing.T) {
	for name, document := range map[string]string{
		"nothing":         `{}`,
		"another version": `{"format_version":"3.0","server":{},"steps":[],"blockers":[],"notices":[],"orphans":[],"summary":{},"seen":[],"digest":""}`,
	} {
		instance, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
		if err != nil {
			t.Fatal(err)
		}
		if planSchema().Validate(instance) == nil {
			t.Errorf("%s: allowed", name)
		}
	}
}

// A rehearsal is in the schema too; a plan that is read again has been rehearsed no more.
func TestSchemaOfRehearsals(t *testing.T) {
	step := plan.Step{Number: 1, Reason: "not on the server", Action: plan.CreatePool{Pool: "p", Driver: "dir"}}
	for _, rehearsal := range []*plan.Rehearsal{
		{Accepted: 1},
		{Blocked: true},
		{Refused: []plan.Refusal{{Step: &step, Why: "no"}}, Notes: []string{"no ceph"}},
		{Accepted: 1, Left: &plan.Plan{Steps: []plan.Step{step}, Blockers: []plan.Blocker{{Code: plan.InUse, Why: "no", Hint: "none"}}}},
	} {
		p := plan.Plan{
			Server: plan.Server{Remote: "prod", Version: "LXD 5.0.2", Address: "unix:x", Project: "default"},
			Steps:  []plan.Step{step}, Rehearsal: rehearsal,
		}
		document := written(t, p.WriteJSON)
		validate(t, document)
		if again, err := plan.Read([]byte(document)); err != nil || again.Rehearsal != nil {
			t.Error(again, err)
		}
	}
}
