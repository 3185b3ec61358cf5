package promises

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"tarn/applier"
	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/lxdtest"
	"tarn/lxd/sim"
	"tarn/planner"
	"tarn/planner/plan"
	"tarn/spec"
)

// pieces are what odd names are made of: what means something in addresses, patterns, shells and specs, what looks as something else
// does, and what is plain so that names meet.
var pieces = []string{
	"a", "A", "caf\u00e9", "cafe\u0301", "\u0301", "\u212b", "\u00c5", "\ud55c", "\u1112\u1161\u11ab", "\u0958", "\U0001F600", "\u200b", "\ufffd", "\U000E01EF", "\u25cc",
	"%", "%25", "%2F", "%41", "@", ":", "+", "#", "?", "&", "=", ";", ",", "|", "^", "~", "*", "(", ")", "[0]", "$", "${a}", "%{", "`", "'", "\"", "\\", "\\u0301", "<>",
	".", "..", "-", "_", "default_", "snapshots", strings.Repeat("y", 64),
}

// spaces are pieces that only volumes may have.
var spaces = []string{" ", "\t", "\n", "\u00a0", "\x01"}

// TestOddNames makes volumes of odd names by hand, plans for a spec that names half of them, and looks at every byte of what is on the
// server before and after: only what is named is touched, and the plan after the apply is empty. It works out with maps of bytes what
// is to happen, and talks to the server without tarn's client.
func TestOddNames(t *testing.T) {
	for name, c := range map[string]struct {
		start      func(testing.TB) string
		short, all int
	}{
		"LXD":       {func(t testing.TB) string { return lxdtest.New(t).Socket() }, 12, 150},
		"Incus":     {func(t testing.TB) string { return lxdtest.NewIncus(t).Socket() }, 6, 150},
		"simulator": {simulatedSocket, 60, 600},
	} {
		t.Run(name, func(t *testing.T) {
			if lxdtest.Full() {
				c.short = c.all
			}
			checks(t, c.short)
			s := newByHand(t, c.start(t))
			counted := map[string]int{}
			rapid.Check(t, func(t *rapid.T) {
				(&oddCase{T: t, byHand: s, d: draw{T: t}, counted: counted, used: map[oddKey]bool{}, profiles: map[string]bool{}, renamed: map[oddKey]oddKey{}}).run()
			})
			fmt.Fprintf(os.Stdout, "odd names, %s: %v\n", name, counted)
			if counted["applied"]*3 < counted["cases"] {
				t.Errorf("only %d of %d cases were applied", counted["applied"], counted["cases"])
			}
		})
	}
}

func simulatedSocket(t testing.TB) string {
	socket := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := sim.New(&sim.State{})
	front := &http.Server{Handler: server}
	go front.Serve(listener)
	t.Cleanup(func() { front.Close(); server.Close() })
	return socket
}

// byHand is a server that is spoken to without tarn.
type byHand struct {
	raw    *http.Client
	client *lxd.Client // for tarn
	n      int         // of pools so far
}

func newByHand(t *testing.T, socket string) *byHand {
	s := &byHand{client: lxd.NewUnix(socket, lxd.Options{}), raw: &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		},
		DisableKeepAlives: true,
	}}}
	t.Cleanup(s.client.Close)
	for _, name := range oddProjects[1:] {
		s.send(t, "POST", "/1.0/projects", map[string]any{"name": name, "config": map[string]string{
			"features.storage.volumes": "true", "features.images": "false", "features.profiles": "false",
		}}, nil)
	}
	return s
}

// oddProjects are those that volumes are in.
var oddProjects = []string{lxd.DefaultProject, "e\u0301%41+#:@", "\u00e9%41+#:@"}

// send is sendRaw to the server.
func (s *byHand) send(t fataler, method, path string, in, out any) (refusal string) {
	t.Helper()
	return sendRaw(t, s.raw, method, path, in, out)
}

// segment is a name in a path.
func segment(name string) string { return strings.ReplaceAll(url.PathEscape(name), ".", "%2E") }

// oddVolume is a volume as the server has it.
type oddVolume struct {
	Name, Description, Project string
	Config                     map[string]string
	Snapshots                  string
}

// key tells it from others.
type oddKey struct{ project, name string }

// held are all volumes of a pool.
func (s *byHand) held(t fataler, pool string) map[oddKey]oddVolume {
	all := map[oddKey]oddVolume{}
	for _, project := range oddProjects {
		var list []oddVolume
		query := "?recursion=1&project=" + url.QueryEscape(project)
		s.send(t, "GET", "/1.0/storage-pools/"+segment(pool)+"/volumes/custom"+query, nil, &list)
		for _, v := range list {
			if strings.Contains(v.Name, "/") {
				continue // some servers list snapshots too
			}
			var snapshots []struct{ Name string }
			s.send(t, "GET", "/1.0/storage-pools/"+segment(pool)+"/volumes/custom/"+segment(v.Name)+"/snapshots"+query, nil, &snapshots)
			for _, snapshot := range snapshots {
				v.Snapshots += fmt.Sprintf("%+q ", strings.TrimPrefix(snapshot.Name, v.Name+"/"))
			}
			delete(v.Config, "volatile.uuid")
			v.Project = project
			all[oddKey{project, v.Name}] = v
		}
	}
	return all
}

type oddCase struct {
	*rapid.T
	*byHand
	d        draw
	counted  map[string]int
	used     map[oddKey]bool // by a profile
	profiles map[string]bool
	renamed  map[oddKey]oddKey // what is to be called otherwise
	told     strings.Builder
}

// name draws one that is not taken.
func (c *oddCase) name(what string, taken map[string]bool, pieces ...string) string {
	for {
		name := ""
		for range 1 + c.d.one3(what) {
			name += one(c.d, what, pieces...)
		}
		if others := slices.Sorted(maps.Keys(taken)); len(others) > 0 && c.d.chance(12, what+" that looks as another one") {
			name = one(c.d, "another one", others...)
			if name = one(c.d, "how", norm.NFD.String(name), norm.NFC.String(name), strings.ToUpper(name), name+"\u200b"); strings.Trim(name, ".") == "" {
				continue
			}
		}
		if len(name) < 200 && !taken[name] {
			taken[name] = true
			return name
		}
	}
}

// one3 is 0, 1 or 2.
func (d draw) one3(what string) int { return one(d, what, 0, 1, 2) }

func (c *oddCase) run() {
	c.counted["cases"]++
	c.n++
	taken := map[string]bool{".": true, "..": true}
	pool := fmt.Sprintf("p%d", c.n) + c.name("pool", map[string]bool{}, pieces...)
	if c.send(c, "POST", "/1.0/storage-pools", map[string]any{"name": pool, "driver": "dir"}, nil) != "" {
		c.counted["pools refused"]++
		return
	}
	defer c.remove(pool)
	ofVolumes := append(spaces, pieces...)
	var made []oddKey
	for i := range 8 {
		key := oddKey{one(c.d, "project", oddProjects...), c.name("volume", taken, ofVolumes...)}
		path, query := "/1.0/storage-pools/"+segment(pool)+"/volumes/custom", "?project="+url.QueryEscape(key.project)
		body := map[string]any{"name": key.name, "description": c.name("description", map[string]bool{}, ofVolumes...), "config": map[string]string{"user.n": fmt.Sprint(i)}}
		if refusal := c.send(c, "POST", path+query, body, nil); refusal != "" {
			c.counted["volumes refused"]++
			continue
		}
		made = append(made, key)
		if key.project == lxd.DefaultProject && c.d.chance(20, "used") {
			profile := fmt.Sprintf("u%d-%d %s", c.n, i, one(c.d, "profile", pieces[:20]...))
			if refusal := c.send(c, "POST", "/1.0/profiles", map[string]any{"name": profile, "devices": map[string]map[string]string{
				"d": {"type": "disk", "pool": pool, "source": key.name, "path": "/d"},
			}}, nil); refusal != "" {
				c.counted["profiles refused: "+refusal]++
			} else {
				c.used[key], c.profiles[profile] = true, true
				c.counted["used"]++
			}
		}
		if c.d.chance(25, "a snapshot") {
			c.send(c, "POST", path+"/"+segment(key.name)+"/snapshots"+query, map[string]string{"name": c.name("snapshot", map[string]bool{".": true, "..": true}, pieces...)}, nil)
		}
	}
	before := c.held(c, pool)
	if len(before) != len(made) {
		c.Fatalf("the pool %+q holds %d volumes of %d", pool, len(before), len(made))
	}
	after := map[oddKey]oddVolume{}
	for key, v := range before {
		after[key] = v
	}
	text := c.spec(pool, made, taken, after)
	fmt.Fprintf(&c.told, "%s\n", text)
	want := c.load(text)
	p := c.plan(want)
	if len(p.Blockers) > 0 {
		c.blocked(p, before)
		c.unchanged(pool, before)
		return
	}
	c.only(want, p)
	if c.d.chance(40, "saved") {
		read, err := plan.Read([]byte(inJSON(c.T, p)))
		if err != nil {
			c.Fatalf("%v\n%s", err, &c.told)
		}
		p = read
	}
	report := applier.Apply(c.Context(), c.client, p, applier.Options{Parallelism: 2})
	for _, outcome := range report.Outcomes {
		if outcome.Kind != applier.Done {
			c.Fatalf("%s: %v\n%s", outcome.Step.Title(), outcome.Why(), &c.told)
		}
	}
	c.counted["applied"]++
	c.counted["steps"] += len(p.Steps)
	if diff := cmp.Diff(escaped(after), escaped(c.held(c, pool))); diff != "" {
		c.Fatalf("not what the spec means, - wanted, + is:\n%s\n%s", diff, &c.told)
	}
	if after, sources := c.usedNow(after), c.sources(pool); !slices.Equal(after, sources) {
		c.Fatalf("profiles use %+q, want %+q\n%s", sources, after, &c.told)
	}
	if again := c.plan(want); !again.Empty() || len(again.Blockers) > 0 {
		c.Fatalf("something is left to do:\n%s\n%s", words(again), &c.told)
	}
}

// remove takes away what a case has left, as a server becomes slow with what it holds.
func (c *oddCase) remove(pool string) {
	if c.Failed() {
		return
	}
	for name := range c.profiles {
		c.send(c, "DELETE", "/1.0/profiles/"+segment(name), nil, nil)
	}
	path := "/1.0/storage-pools/" + segment(pool)
	for key := range c.held(c, pool) {
		c.send(c, "DELETE", path+"/volumes/custom/"+segment(key.name)+"?project="+url.QueryEscape(key.project), nil, nil)
	}
	if refusal := c.send(c, "DELETE", path, nil, nil); refusal != "" {
		c.Fatalf("%s", refusal)
	}
}

// escaped is what a pool holds so that nothing looks the same.
func escaped(held map[oddKey]oddVolume) map[string]string {
	all := map[string]string{}
	for key, v := range held {
		all[fmt.Sprintf("%+q %+q", key.project, key.name)] = fmt.Sprintf("%+q %+q %s", v.Description, fmt.Sprint(v.Config), v.Snapshots)
	}
	return all
}

// spec writes one that names some volumes and makes others, and brings after to what it means.
func (c *oddCase) spec(pool string, made []oddKey, taken map[string]bool, after map[oddKey]oddVolume) string {
	var b strings.Builder
	fmt.Fprintf(&b, "pool \"p\" {\n  name = %s\n  existing = true\n", c.source(pool))
	ofVolumes := append(spaces, pieces...)
	declare := func(i int, key oddKey, lines ...string) {
		fmt.Fprintf(&b, "  volume \"v%d\" {\n    name = %s\n    project = %s\n", i, c.source(key.name), c.source(key.project))
		for _, line := range lines {
			b.WriteString("    " + line + "\n")
		}
		b.WriteString("  }\n")
	}
	for i, key := range made {
		is := after[key]
		config := "{ \"user.n\" = " + is.Config["user.n"] + " }"
		switch one(c.d, "what", "left alone", "kept", "changed", "renamed", "deleted", "left alone", "renamed") {
		case "kept":
			declare(i, key, "description = "+c.source(is.Description), "config = "+config)
		case "changed":
			name, value := "user."+c.name("key", map[string]bool{}, pieces...), c.name("value", map[string]bool{}, ofVolumes...)
			is.Config = map[string]string{"user.n": is.Config["user.n"], name: value}
			is.Description = c.name("description", map[string]bool{}, ofVolumes...)
			after[key] = is
			declare(i, key, "description = "+c.source(is.Description), fmt.Sprintf("config = { \"user.n\" = %s, (%s) = %s }", is.Config["user.n"], c.source(name), c.source(value)))
		case "renamed":
			to := oddKey{key.project, c.name("volume", taken, ofVolumes...)}
			delete(after, key)
			c.renamed[key] = to
			is.Name = to.name
			after[to] = is
			declare(i, to, "config = "+config, "renamed_from = { name = "+c.source(key.name)+" }")
		case "deleted":
			delete(after, key)
			declare(i, key, "absent = true")
		}
	}
	for i := range c.d.one3("new volumes") {
		key := oddKey{one(c.d, "project", oddProjects...), c.name("volume", taken, ofVolumes...)}
		after[key] = oddVolume{Name: key.name, Project: key.project, Config: map[string]string{}}
		declare(len(made)+i, key)
	}
	return b.String() + "}\n"
}

// source is a text in a spec: with codes, or as it is.
func (c *oddCase) source(text string) string {
	if c.d.chance(40, "as it is") && !strings.ContainsAny(text, "\n\t") {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "${", "$${", "%{", "%%{").Replace(text) + `"`
	}
	var b strings.Builder
	for _, r := range text {
		fmt.Fprintf(&b, `\U%08x`, r)
	}
	return `"` + b.String() + `"`
}

func (c *oddCase) load(text string) *spec.Spec {
	file := filepath.Join(os.TempDir(), fmt.Sprintf("odd-%d.hcl", os.Getpid()))
	defer os.Remove(file)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		c.Fatal(err)
	}
	want, diags := spec.Load([]string{file}, spec.Options{})
	if diags.HasErrors() {
		c.Fatalf("%v\n%s", diags, text)
	}
	return want
}

func (c *oddCase) plan(want *spec.Spec) *plan.Plan {
	opts := planner.Options{Remote: "here"}
	state, err := live.Read(c.Context(), c.client, planner.ScopeOf(want, opts))
	if err != nil {
		c.Fatal(err)
	}
	p, diags, err := planFor(c.Context(), c.client, state, want, opts)
	if err != nil || diags.HasErrors() {
		c.Fatalf("%v %v\n%s", err, diags, &c.told)
	}
	return p
}

// usedNow are the names of the volumes that profiles use after the plan, in order.
func (c *oddCase) usedNow(after map[oddKey]oddVolume) []string {
	var names []string
	for key := range c.used {
		if to, renamed := c.renamed[key]; renamed {
			key = to
		}
		if _, there := after[key]; !there {
			c.Fatalf("%+q is used and was deleted\n%s", key.name, &c.told)
		}
		names = append(names, key.name)
	}
	slices.Sort(names)
	return names
}

// sources are the names of the volumes of a pool that profiles use, in order.
func (c *oddCase) sources(pool string) []string {
	var profiles []user
	c.send(c, "GET", "/1.0/profiles?recursion=1", nil, &profiles)
	var names []string
	for _, profile := range profiles {
		for _, device := range profile.Devices {
			if device["pool"] == pool {
				names = append(names, device["source"])
			}
		}
	}
	slices.Sort(names)
	return names
}

// only narrows a plan to one of its volumes, by the name that the plan shows.
func (c *oddCase) only(want *spec.Spec, p *plan.Plan) {
	if len(p.Steps) == 0 {
		return
	}
	step := one(c.d, "only", p.Steps...)
	object := step.Action.Object()
	opts := planner.Options{Remote: "here", Only: []string{plan.VolumeName(object.Volume)}}
	state, err := live.Read(c.Context(), c.client, planner.ScopeOf(want, opts))
	if err != nil {
		c.Fatal(err)
	}
	narrow, diags, err := planFor(c.Context(), c.client, state, want, opts)
	if err != nil || diags.HasErrors() || !slices.ContainsFunc(narrow.Steps, func(s plan.Step) bool { return s.Title() == step.Title() }) {
		c.Fatalf("only %s: %v %v\n%s", opts.Only, err, diags, &c.told)
	}
}

// blocked holds that a plan is blocked for nothing but names that look the same, and what is used.
func (c *oddCase) blocked(p *plan.Plan, before map[oddKey]oddVolume) {
	c.counted["blocked"]++
	for _, blocker := range p.Blockers {
		volume := blocker.Object.Volume
		c.counted["blocked: "+string(blocker.Code)]++
		if blocker.Code == plan.InUse && c.used[oddKey{volume.Project, volume.Name}] {
			continue
		}
		if _, there := before[oddKey{volume.Project, volume.Name}]; there || blocker.Code != plan.Lookalike {
			c.Fatalf("blocked: %s\n%s", words(p), &c.told)
		}
	}
}

func (c *oddCase) unchanged(pool string, before map[oddKey]oddVolume) {
	if diff := cmp.Diff(escaped(before), escaped(c.held(c, pool))); diff != "" {
		c.Fatalf("a plan has changed something:\n%s\n%s", diff, &c.told)
	}
}

func words(p *plan.Plan) string {
	var b strings.Builder
	_ = p.WriteText(&b, plan.TextOptions{})
	return b.String()
}
