package planner_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"tarn/cli/help"
	"tarn/cli/paint"
	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/schema"
	"tarn/planner"
	"tarn/planner/drift"
	"tarn/planner/plan"
	"tarn/spec"
)

// TestPlans plans each of testdata/*.txtar: the files *.hcl against live.json, and NAME.live.json for a remote NAME that
// volumes come from. It gives plan.txt, and errors.txt where there are diagnostics. The other forms are compared where the
// case has them; stale.txt is what is wrong with the plan once the server is as in later.json, and diverged.txt what
// is not as it says when the server is as in after.json at its end. UPDATE=1 writes what comes out. The comment's line "options:" holds planner.Options as JSON.
func TestPlans(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	codes := map[string]bool{}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { testPlan(t, file, codes) })
	}
	if flag.Lookup("test.run").Value.String() != "" {
		return // perhaps not all of them
	}
	for _, meaning := range slices.Concat(plan.BlockerCodes, plan.NoticeCodes) {
		if !codes[meaning.Code] {
			t.Errorf("no case has the code %s", meaning.Code)
		}
		delete(codes, meaning.Code)
	}
	for code := range codes {
		t.Errorf("the code %q is not listed", code)
	}
}

// Programs rely on the codes, so that each is in the JSON Schema, and in the help with what it means.
func TestCodes(t *testing.T) {
	var document struct {
		Defs map[string]struct{ Enum []string } `json:"$defs"`
	}
	if err := json.Unmarshal([]byte(plan.JSONSchema), &document); err != nil {
		t.Fatal(err)
	}
	var topic strings.Builder
	if err := help.Write(&topic, "json", schema.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for line := range strings.Lines(topic.String()) {
		code, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		rows[code] = strings.TrimSpace(text)
	}
	for name, meanings := range map[string][]plan.Meaning{"blockerCode": plan.BlockerCodes, "noticeCode": plan.NoticeCodes} {
		var codes []string
		for _, meaning := range meanings {
			codes = append(codes, meaning.Code)
			if rows[meaning.Code] != meaning.Text {
				t.Errorf("tarn help json says of the code %s: %q", meaning.Code, rows[meaning.Code])
			}
		}
		if diff := cmp.Diff(codes, document.Defs[name].Enum); diff != "" {
			t.Errorf("%s of the JSON Schema: %s", name, diff)
		}
	}
}

// testPlan runs one case, and notes the codes of the blockers and notices that come up.
func testPlan(t *testing.T, file string, codes map[string]bool) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Chdir(dir)
	var state *live.State
	var specs []string
	opts := planner.Options{Remote: "prod", Remotes: map[string]*live.State{}}
	var later, after *live.State
	want := map[string]string{}
	for _, f := range archive.Files {
		remote, isSource := strings.CutSuffix(f.Name, ".live.json")
		switch {
		case f.Name == "live.json":
			state = parseLive(t, f.Data)
		case f.Name == "later.json":
			later = parseLive(t, f.Data)
		case f.Name == "after.json":
			after = parseLive(t, f.Data)
		case isSource:
			opts.Remotes[remote] = parseLive(t, f.Data)
			opts.Remotes[remote].Address = "https://" + remote + ":8443"
		case strings.HasSuffix(f.Name, ".hcl"):
			specs = append(specs, f.Name)
			if err := os.WriteFile(f.Name, f.Data, 0o600); err != nil {
				t.Fatal(err)
			}
		default:
			want[f.Name] = string(f.Data)
		}
	}
	for line := range strings.Lines(string(archive.Comment)) {
		if text, ok := strings.CutPrefix(line, "options:"); ok {
			if err := json.Unmarshal([]byte(text), &opts); err != nil {
				t.Fatal(err)
			}
		}
	}

	declared, diags := spec.Load(specs, spec.Options{})
	got := map[string]string{}
	if !diags.HasErrors() {
		p, more := planner.New(declared, state, opts)
		diags = append(diags, more...)
		if !planner.NothingSharedChanged() {
			t.Error("the origin that volumes share is one volume's now")
		}
		if p != nil {
			var text bytes.Buffer
			if err := p.WriteText(&text, plan.TextOptions{}); err != nil {
				t.Fatal(err)
			}
			got["plan.txt"] = text.String()
			judgeText(t, p)
			for _, blocker := range p.Blockers {
				codes[string(blocker.Code)] = true
			}
			for _, notice := range p.Notices {
				codes[string(notice.Code)] = true
			}
			testSaved(t, p)
			testStanding(t, declared, state, opts, p)
			validate(t, written(t, p.WriteJSON))
			validate(t, written(t, driftOf(p).WriteJSON))
			if c := driftOf(p); p.Drifted() != (len(c.Findings)+len(c.Acknowledged) > 0) {
				t.Errorf("the plan has drifted: %t, with the findings %v, and %v acknowledged", p.Drifted(), c.Findings, c.Acknowledged)
			}
			for name, write := range forms(p) {
				if _, ok := want[name]; ok {
					got[name] = written(t, write)
				}
			}
			if later != nil {
				for _, finding := range planner.Stale(p, later, opts.Remotes) {
					got["stale.txt"] += finding.String() + "\n"
				}
			}
			if after != nil {
				for _, finding := range planner.NotConverged(p, after) {
					got["diverged.txt"] += finding.String() + "\n"
				}
			}
		}
	}
	if len(diags) > 0 {
		var text bytes.Buffer
		if err := declared.WriteDiagnostics(&text, diags, 0, paint.Painter{}); err != nil {
			t.Fatal(err)
		}
		got["errors.txt"] = text.String()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		if os.Getenv("UPDATE") == "" {
			t.Fatal(diff)
		}
		t.Chdir(filepath.Join(dir, ".."))
		update(t, file, archive, got)
	}
}

// forms are those that a case may have.
func forms(p *plan.Plan) map[string]func(io.Writer) error {
	text := func(opts plan.TextOptions) func(io.Writer) error {
		return func(w io.Writer) error { return p.WriteText(w, opts) }
	}
	markdown := func(opts plan.TextOptions) func(io.Writer) error {
		return func(w io.Writer) error { return p.WriteMarkdown(w, opts) }
	}
	return map[string]func(io.Writer) error{
		"narrow.txt": text(plan.TextOptions{Width: 60}),
		"plan.json":  p.WriteJSON,
		"plan.md":    markdown(plan.TextOptions{}),
		"brief.txt":  text(plan.TextOptions{Brief: true}),
		"brief.md":   markdown(plan.TextOptions{Brief: true}),
		"drift.txt":  func(w io.Writer) error { return driftOf(p).WriteText(w, plan.TextOptions{}) },
		"drift.md":   func(w io.Writer) error { return driftOf(p).WriteMarkdown(w, plan.TextOptions{}) },
		"drift.json": driftOf(p).WriteJSON,
	}
}

// driftOf is what a look at the server finds.
func driftOf(p *plan.Plan) *drift.Check {
	var c drift.Check
	c.Of(p, nil)
	return &c
}

func written(t *testing.T, write func(io.Writer) error) string {
	t.Helper()
	var b strings.Builder
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func update(t *testing.T, file string, archive *txtar.Archive, got map[string]string) {
	t.Helper()
	kept := archive.Files[:0]
	for _, f := range archive.Files {
		if strings.HasSuffix(f.Name, "live.json") || f.Name == "later.json" || f.Name == "after.json" || strings.HasSuffix(f.Name, ".hcl") {
			kept = append(kept, f)
		}
	}
	for _, name := range []string{"plan.txt", "narrow.txt", "brief.txt", "drift.txt", "drift.json", "plan.json", "plan.md", "brief.md", "drift.md", "stale.txt", "diverged.txt", "errors.txt"} {
		if text, ok := got[name]; ok {
			kept = append(kept, txtar.File{Name: name, Data: []byte(text)})
		}
	}
	archive.Files = kept
	if err := os.WriteFile(filepath.Join(packageDir, file), txtar.Format(archive), 0o600); err != nil {
		t.Fatal(err)
	}
}

var packageDir, _ = os.Getwd()

// parseLive reads a server's state from what its API would answer.
func parseLive(t *testing.T, data []byte) *live.State {
	t.Helper()
	var raw struct {
		Product, Version string
		Clustered        bool
		Extensions       []string
		Drivers          []string
		Members          []*lxd.Member
		Pools            []*lxd.Pool
		Volumes          []*lxd.Volume
		Projects         []*lxd.Project
		Usage            map[string]*lxd.Usage               // by pool/name
		Snapshots        map[string]map[string]*lxd.Snapshot // by pool/name and their own
		Instances        []*lxd.Instance
		Profiles         []*lxd.Profile            // of the default project
		MemberPools      map[string][]*lxd.Pool    // by member
		Resources        map[string]*lxd.Resources // by pool, or pool on member
		Disk             map[string]live.Disk      // by project
		Unlisted         []*lxd.Volume             // that pools hold and do not say so
		Operations       []lxd.OperationInfo
		ServerVolumes    map[string]string // pool/name by config key, or by "key on member"
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&raw); err != nil {
		t.Fatal(err)
	}
	state := newState()
	if raw.Product != "" {
		state.Server.Product = raw.Product
	}
	if raw.Version != "" {
		state.Server.Version = raw.Version
	}
	state.Server.Clustered, state.Server.Extensions, state.Server.Drivers = raw.Clustered, raw.Extensions, raw.Drivers
	state.Members, state.Operations = raw.Members, raw.Operations
	for _, pool := range raw.Pools {
		if pool.Status == "" {
			pool.Status = lxd.StatusCreated
		}
		state.Pools[pool.Name] = pool
	}
	for _, volume := range raw.Volumes {
		volume.Type = lxd.TypeCustom
		if volume.ContentType == "" {
			volume.ContentType = lxd.ContentFilesystem
		}
		state.Volumes.Set(volume.ID(), volume)
		state.VolumeIDs.Add(volume.ID())
		state.UsedBy[volume.ID()] = volume.UsedBy
		if usage := raw.Usage[volume.ID().String()]; usage != nil {
			state.Usage[volume.ID()] = usage
		}
	}
	for _, volume := range raw.Volumes {
		for name, snapshot := range raw.Snapshots[volume.ID().String()] {
			state.Snapshots[live.SnapshotID{Volume: volume.ID(), Name: name}] = snapshot
		}
	}
	if raw.Instances != nil {
		state.Users = &live.Users{Instances: map[lxd.InstanceID]*lxd.Instance{}, Profiles: map[lxd.ProfileID]*lxd.Profile{}}
	}
	for member, pools := range raw.MemberPools {
		for _, pool := range pools {
			state.MemberPools[lxd.PoolID{Name: pool.Name, Member: member}] = pool
		}
	}
	for _, instance := range raw.Instances {
		state.Users.Instances[instance.ID()] = instance
	}
	for _, profile := range raw.Profiles {
		state.Users.Profiles[lxd.ProfileID{Project: lxd.DefaultProject, Name: profile.Name}] = profile
	}
	for key, text := range raw.ServerVolumes {
		key, member, _ := strings.Cut(key, " on ")
		pool, name, _ := strings.Cut(text, "/")
		id := lxd.VolumeID{Project: lxd.DefaultProject, Pool: pool, Type: lxd.TypeCustom, Name: name, Member: member}
		state.ServerVolumes = append(state.ServerVolumes, lxd.ServerVolume{Key: key, Volume: id})
	}
	state.Disk = raw.Disk
	for _, volume := range raw.Unlisted {
		state.Unlisted[volume.Pool] = append(state.Unlisted[volume.Pool], volume.ID())
	}
	for name, resources := range raw.Resources {
		pool, member, _ := strings.Cut(name, " on ")
		state.Resources[lxd.PoolID{Name: pool, Member: member}] = resources
	}
	for _, project := range raw.Projects {
		if state.Projects == nil {
			state.Projects = map[string]*lxd.Project{}
		}
		state.Projects[project.Name] = project
	}
	return state
}

func newState() *live.State {
	return &live.State{
		Server:      &lxd.Server{Product: "LXD", Version: "5.0.2", Trusted: true},
		Address:     "https://10.1.0.4:8443",
		Pools:       map[string]*lxd.Pool{},
		Usage:       map[lxd.VolumeID]*lxd.Usage{},
		Snapshots:   map[live.SnapshotID]*lxd.Snapshot{},
		MemberPools: map[lxd.PoolID]*lxd.Pool{},
		UsedBy:      map[lxd.VolumeID][]string{},
		Unlisted:    map[string][]lxd.VolumeID{},

		Resources: map[lxd.PoolID]*lxd.Resources{},
	}
}
