package promises

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tarn/applier"
	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/lxdtest"
	"tarn/lxd/schema"
	"tarn/lxd/sim"
	"tarn/planner"
	"tarn/planner/adopt"
	"tarn/planner/plan"
	"tarn/spec"
)

// TestImport makes servers by hand, in all the ways that people have, and imports them: the plan for what was written has nothing to
// do, folded and not, and applying it sends nothing that changes anything. All that bears no mark of tarn's is declared. On another
// server, which holds nothing, the spec makes the same pools and volumes.
func TestImport(t *testing.T) {
	checks(t, 120)
	s, empty := newSimulated(t), newSimulated(t)
	counted := map[string]int{}
	t.Cleanup(func() { fmt.Fprintf(os.Stdout, "imports, simulator: %v\n", counted) })
	file := filepath.Join(t.TempDir(), "import.hcl")
	rapid.Check(t, func(t *rapid.T) {
		d := draw{T: t}
		s.kind = sim.State{Product: one(d, "product", products...)}
		if d.chance(35, "cluster") {
			s.kind.Members = map[string]*sim.Member{"n1": {}, "n2": {}}
		}
		c := &importCase{T: t, server: s, simulated: s, other: empty, file: file, counted: counted}
		c.run(d)
	})
}

// TestImportOnLXD does so on a private LXD.
func TestImportOnLXD(t *testing.T) { importOnReal(t, "LXD", 12, 18, lxdtest.New(t)) }

// TestImportOnCluster does so on a private LXD cluster of two.
func TestImportOnCluster(t *testing.T) {
	importOnReal(t, "LXD cluster", 6, 30, lxdtest.NewCluster(t, 2)...)
}

// TestImportOnIncus does so on a private Incus.
func TestImportOnIncus(t *testing.T) { importOnReal(t, "Incus", 6, 40, lxdtest.NewIncus(t)) }

func importOnReal(t *testing.T, where string, short, all int, servers ...*lxdtest.Server) {
	if lxdtest.Full() {
		short = all
	}
	checks(t, short)
	r := newReal(t, servers...)
	counted := map[string]int{}
	t.Cleanup(func() { fmt.Fprintf(os.Stdout, "imports, %s: %v\n", where, counted) })
	file := filepath.Join(t.TempDir(), "import.hcl")
	rapid.Check(t, func(t *rapid.T) {
		c := &importCase{T: t, server: r, file: file, counted: counted}
		c.run(draw{T: t, small: true})
	})
}

// importCase is one server that is imported.
type importCase struct {
	*rapid.T
	server    server
	simulated *simulated // nil for a real one
	other     *simulated // to make what was imported anew; nil beside a real one
	file      string
	counted   map[string]int
	world     world
	told      strings.Builder
}

func (c *importCase) fail(format string, args ...any) {
	c.Helper()
	c.Fatalf("%s\n%s", fmt.Sprintf(format, args...), &c.told)
}

// begin has the server hold what somebody has made by hand, and nothing else.
func (c *importCase) begin(d draw) (*lxd.Server, *hand) {
	c.server.empty(c.T, nil, nil)
	about, err := c.server.client().Server(c.Context())
	if err != nil {
		c.fail("%v", err)
	}
	c.world = d.world(about, c.server.members(), c.simulated != nil)
	c.server.empty(c.T, c.world.projects, c.world.shared)
	h := &hand{draw: d, w: c.world, client: c.server.client()}
	h.build()
	return about, h
}

func (c *importCase) run(d draw) {
	about, h := c.begin(d)
	h.drift(c.read(live.Scope{}))
	h.furnish(c.read(live.Scope{}))
	c.addISOs(d)
	c.server.fill(c.T, d)
	c.server.use(c.T, d)
	fmt.Fprintf(&c.told, "%s by hand:\n  %s\n", about, strings.Join(h.said, "\n  "))
	c.counted["servers"]++
	c.server.wire().forget()

	all := adopt.Options{AllProjects: true}
	c.imported(d, all, true)
	opts := adopt.Options{Owner: one(d, "owner", "", "", "us", "them")}
	switch one(d, "of", "all projects", "a project", "the default project") {
	case "all projects":
		opts.AllProjects = true
	case "a project":
		opts.Project = one(d, "project", append(slices.Clone(c.world.projects), c.world.shared...)...)
	}
	if d.chance(30, "some pools") {
		opts.Pools = []string{one(d, "pool", c.world.pools()...)}
	}
	c.imported(d, opts, false)
}

func (c *importCase) read(scope live.Scope) *live.State {
	c.Helper()
	state, err := live.ReadWhole(c.Context(), c.server.client(), scope)
	if err != nil {
		c.fail("%v", err)
	}
	return state
}

// addISOs puts uploaded images on a simulated server whose kind takes them.
func (c *importCase) addISOs(d draw) {
	if c.simulated == nil || c.world.server.IsLXDBefore(5, 0, 3) {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(c.simulated.state.Pools)) {
		pool := c.simulated.state.Pools[name]
		if driver, _ := schema.Lookup(pool.Driver); driver.Supports(lxd.ContentBlock) && d.chance(40, "an ISO in "+name) {
			key := sim.Key{Project: one(d, "project", c.world.projects...), Type: lxd.TypeCustom, Name: "install.iso", Member: c.world.places(name)[0]}
			pool.Volumes[key] = &sim.Volume{ContentType: schema.ISO, Config: map[string]string{"size": "4096"}, Bytes: 4096}
			c.counted["ISO volumes"]++
		}
	}
}

// imported imports the server and holds what comes of it.
func (c *importCase) imported(d draw, opts adopt.Options, whole bool) {
	scope := live.Scope{Pools: map[string]live.Names{}}
	for _, pool := range opts.Pools {
		scope.Pools[pool] = nil
	}
	if !opts.AllProjects {
		scope.Projects = []string{opts.Project}
	}
	state := c.read(scope)
	if writes := c.server.wire().forget(); len(writes) > 0 {
		c.fail("importing sent %v", writes)
	}
	adopted := adopt.New(state, opts)
	declared := 0
	for _, pool := range adopted.File.Pools {
		declared += len(pool.Volumes)
		if !pool.Existing {
			declared++
		}
	}
	c.counted["imports"]++
	c.counted["declared"] += declared
	c.counted["left out"] += len(adopted.LeftOut)
	c.leftOut(state, adopted, opts)
	plain, folded := adopted.File.Bytes(), adopted.File.Fold()
	if len(plain) != len(folded) {
		c.counted["folded"]++
	}
	for way, text := range map[string][]byte{"plain": plain, "folded": folded} {
		if formatted, diags := spec.Format(text, "import.hcl"); diags.HasErrors() || !bytes.Equal(formatted, text) {
			c.fail("%s: fmt changes it, %v:\n%s\n%s", way, diags, text, formatted)
		}
		for name, value := range adopted.Secrets {
			c.counted["secrets"]++
			if len(value) > 8 && bytes.Contains(text, []byte(value)) {
				c.fail("%s: the value of %s is in it:\n%s", way, name, text)
			}
		}
		if declared == 0 {
			continue
		}
		want := c.load(text, adopted.Secrets)
		c.nothingToDo(d, want, declared, text)
	}
	if whole && c.other != nil && declared > 0 && d.chance(60, "made anew") {
		c.madeAnew(d, c.load(folded, adopted.Secrets), folded)
	}
}

func (c *importCase) load(text []byte, values map[string]string) *spec.Spec {
	c.Helper()
	if err := os.WriteFile(c.file, text, 0o600); err != nil {
		c.fail("%v", err)
	}
	var vars []string
	for name, value := range values {
		vars = append(vars, name+"="+value)
	}
	want, diags := spec.Load([]string{c.file}, spec.Options{Vars: vars})
	if diags.HasErrors() {
		c.fail("%v\n%s", diags, text)
	}
	return want
}

// nothingToDo plans as commands do, and applies that.
func (c *importCase) nothingToDo(d draw, want *spec.Spec, declared int, text []byte) {
	c.Helper()
	p, diags, err := makePlan(c.Context(), c.server.client(), want, planner.Options{Remote: "here", Project: want.Settings.Project})
	if err != nil || diags.HasErrors() {
		c.fail("%v %v\n%s", err, diags, text)
	}
	if !p.Empty() || len(p.Blockers) > 0 || p.Unchanged != declared {
		c.fail("there is something to do, or %d objects were declared:\n%s\n%s", declared, words(p), text)
	}
	for _, notice := range p.Notices {
		c.counted["notice "+string(notice.Code)]++
	}
	report := applier.Apply(c.Context(), c.server.client(), p, applier.Options{Parallelism: one(d, "parallelism", 1, 4)})
	if writes := c.server.wire().forget(); len(writes) > 0 || len(report.Outcomes) > 0 {
		c.fail("applying sent %v\n%s", writes, text)
	}
	c.counted["plans"]++
}

// leftOut holds that nothing is left out but what bears marks of tarn's, and that all is either declared or left out.
func (c *importCase) leftOut(state *live.State, adopted *adopt.Adopted, opts adopt.Options) {
	named := map[string]bool{}
	for _, pool := range adopted.File.Pools {
		for _, volume := range pool.Volumes {
			named[pool.Name+"/"+volume.Name] = true
		}
	}
	left := map[plan.Object]bool{}
	for _, one := range adopted.LeftOut {
		left[one.Object] = left[one.Object] || one.Part == ""
		if one.Why == "" {
			c.fail("%s is left out without a reason", one.Object)
		}
	}
	for id, volume := range state.Volumes.All() {
		if opts.Pools != nil && !slices.Contains(opts.Pools, id.Pool) {
			continue
		}
		marked := slices.ContainsFunc(slices.Collect(maps.Keys(volume.Config)), func(key string) bool { return strings.HasPrefix(key, "user.tarn.") })
		out := left[plan.VolumeObject(id)]
		switch {
		case opts.Owner != "" && volume.Config[ownerMark] != opts.Owner:
		case out && !marked:
			c.fail("%v is left out: %v", id, adopted.LeftOut)
		case !out && !named[id.Pool+"/"+id.Name]:
			c.fail("%v is neither declared nor left out:\n%s", id, adopted.File.Bytes())
		case !out && marked:
			c.counted["marked, declared"]++
		case out:
			c.counted["marked, left out"]++
		}
	}
}

// madeAnew applies the spec to a server that holds nothing, which then has what the first one has.
func (c *importCase) madeAnew(d draw, want *spec.Spec, text []byte) {
	for _, pool := range want.Pools {
		if pool.Existing || slices.ContainsFunc(pool.Volumes, func(v *spec.Volume) bool { return v.Existing }) {
			return
		}
	}
	c.other.kind = c.simulated.kind
	c.other.empty(c.T, c.world.projects, c.world.shared)
	opts := planner.Options{Remote: "here"}
	p, diags, err := makePlan(c.Context(), c.other.client(), want, opts)
	for _, d := range diags {
		// The pool has got that default after the volume was made, and a new one would get it.
		if slices.Contains([]string{"Pool has a default that block volumes do not take", "Contradictory config keys"}, d.Summary) {
			c.counted["a later default is in the way elsewhere"]++
			return
		}
	}
	if err != nil || diags.HasErrors() {
		c.fail("elsewhere: %v %v\n%s", err, diags, text)
	}
	if len(p.Blockers) > 0 {
		c.fail("elsewhere it is blocked:\n%s\n%s", words(p), text)
	}
	report := applier.Apply(c.Context(), c.other.client(), p, applier.Options{Parallelism: 2})
	for _, outcome := range report.Outcomes {
		if outcome.Kind != applier.Done {
			c.fail("elsewhere %s: %v\n%s", outcome.Step.Title(), outcome.Why(), text)
		}
	}
	c.counted["made anew"]++
	was, is := c.server.picture(c.T), c.other.picture(c.T)
	for name := range is.Pools {
		before, after := c.given(name, was.Pools[name]), c.given(name, is.Pools[name])
		if _, set := before.Config["size"]; !set { // somebody has unset it, and a new pool gets one from the server
			delete(after.Config, "size")
		}
		if diff := cmp.Diff(before, after); diff != "" {
			c.fail("pool %s differs elsewhere:\n%s\n%s", name, diff, text)
		}
	}
	for id := range is.Volumes {
		for other, volume := range was.Volumes {
			// A declaration that names the member would need another mark than one that was put on without it.
			if _, there := was.Volumes[id]; !there && on(other, "") == on(id, "") && volume.Config[ofMark] == nameOnMark(on(other, "")) {
				was.Volumes[id] = volume
			}
		}
		if diff := cmp.Diff(c.set(id, was), c.set(id, is)); diff != "" {
			c.fail("volume %v differs elsewhere:\n%s\n%s", id, diff, text)
		}
	}
}

// given is what a pool was given, in one spelling.
func (c *importCase) given(name string, pool thing) thing {
	config := map[string]string{}
	for key, value := range pool.Config {
		chosen := key == "source" && pool.Config["volatile.initial_source"] != "" // by the server, in the place of what was given
		if known, _ := schema.PoolKey(pool.Kind, key); !strings.HasPrefix(key, "user.tarn.") && !chosen {
			config[key] = oneSpelling(known, value)
		}
	}
	return thing{Kind: pool.Kind, Description: pool.Description, Config: config}
}

// brokenPattern is a value that LXD 5.0.2 takes and no spec may have.
const brokenPattern = "{{ broken"

// set is what a volume was given, in one spelling. What its pool has a default for it may have got later, or before that.
func (c *importCase) set(id lxd.VolumeID, p picture) thing {
	volume := p.Volumes[id]
	config := map[string]string{}
	for key, value := range volume.Config {
		known, _ := schema.VolumeKey(p.Pools[id.Pool].Kind, volume.Kind, key)
		if !strings.HasPrefix(key, "user.tarn.") && !strings.HasPrefix(key, "volatile.") && value != brokenPattern && oneSpelling(known, p.Pools[id.Pool].Config["volume."+key]) != oneSpelling(known, value) {
			config[key] = oneSpelling(known, value)
		}
	}
	if config["security.shifted"] == "true" && config["security.unmapped"] == "true" {
		delete(config, "security.unmapped") // LXD 5.0.2 overlooks that, and no spec may have both
	}
	if strings.Contains(volume.Description, "s3cret") {
		volume.Description = "" // which the spec is silent about
	}
	return thing{Kind: volume.Kind, Description: volume.Description, Config: config}
}

// oneSpelling is the same for all values that mean the same.
func oneSpelling(key schema.Key, value string) string {
	switch key.Kind {
	case schema.Bool:
		if is, err := schema.ParseBool(value); err == nil {
			return fmt.Sprint(is)
		}
	case schema.Size, schema.Blocksize:
		if bytes, err := schema.ParseSize(value); err == nil {
			return fmt.Sprint(bytes)
		}
	case schema.Schedule, schema.Cron:
		return strings.ToLower(value)
	}
	return value
}

// furnish makes more of what people have: rows of like volumes with exceptions, odd names and texts, secrets, marks of a tarn to come.
func (h *hand) furnish(state *live.State) {
	pools := slices.DeleteFunc(h.w.pools(), func(name string) bool { return state.Pools[name] == nil })
	if len(pools) == 0 {
		return
	}
	for range 1 + h.one3("rows") {
		pool := one(h.draw, "pool", pools...)
		base := one(h.draw, "row", "web-", "db", "n.", "x-0", "shard-")
		width := one(h.draw, "width", 0, 2, 3)
		content := lxd.ContentFilesystem
		keys := h.w.volumeKeys(h.w.drivers[pool], content)
		config := h.config(keys, nil)
		project := one(h.draw, "project", h.w.projects...)
		for n := range rapid.IntRange(2, 12).Draw(h.T, "length") {
			id := one(h.draw, "place", h.w.ids(project, pool, fmt.Sprintf("%s%0*d", base, width, n+one(h.draw, "from", 1, 1, 1, 2)))...)
			mine := maps.Clone(config)
			if h.chance(15, "an exception") {
				mine = h.config(keys, config)
			} else if h.chance(30, "another value") {
				mine["user.a"] = fmt.Sprint(n)
			}
			op, err := h.client.CreateVolume(h.Context(), id, lxd.VolumeCreate{ContentType: content, Description: h.prose(), Config: mine})
			h.do(op, err, "create volume %+v: %q", id, mine)
		}
	}
	for range rapid.IntRange(0, 6).Draw(h.T, "odd volumes") {
		name := ""
		for range 1 + h.one3("pieces") {
			name += one(h.draw, "name", append(spaces, pieces...)...)
		}
		id := one(h.draw, "place", h.w.ids(one(h.draw, "project", h.w.projects...), one(h.draw, "pool", pools...), name)...)
		config := map[string]string{}
		odd := map[string][]string{
			"size": {"67108864", "1e2", "128MB", "64MiB"}, "user." + name: {"${a}", "%{ if", "a\nb", "\u202e"}, "user.token": {"s3cret-value-of-all", "another-s3cret-value"},
			"user.password": {"a", "s3cret-value-of-all"}, "user.of-it": {"see s3cret-value-of-all"}, "security.shifted": {"TRUE", "yes", "0"}, "user.tarn.later": {"x"},
			"snapshots.pattern": {"snap%d", brokenPattern}, "security.unmapped": {"1", "false"},
		}
		for _, key := range slices.Sorted(maps.Keys(odd)) {
			if h.chance(25, key) {
				config[key] = one(h.draw, key, odd[key]...)
			}
		}
		op, err := h.client.CreateVolume(h.Context(), id, lxd.VolumeCreate{Description: one(h.draw, "prose", "", "two\nlines\n\nand \"more\" ${of} it", "has s3cret-value-of-all in it", name), Config: config})
		h.do(op, err, "create volume %+q: %q", id.Name, config)
	}
}
