// Package promises holds no code. Its tests check what tarn promises, over the whole way from the text of a spec to a
// server: random specs and random servers, every prefix of a plan, faults on the way, and that what was made as a spec
// says it is found so afterwards.
package promises

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"pgregory.net/rapid"

	"tarn/applier"
	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/sim"
	"tarn/planner"
	"tarn/planner/plan"
	"tarn/spec"
)

// checks makes a test run the same n cases each time, so that a build does not fail by chance. -rapid.checks=N runs N
// others.
func checks(t *testing.T, n int) {
	given := flag.Lookup("rapid.checks")
	if given.Value.String() != given.DefValue {
		return
	}
	for name, value := range map[string]string{"rapid.checks": fmt.Sprint(n), "rapid.seed": "7"} {
		flag.Set(name, value)
		t.Cleanup(func() { flag.Set(name, flag.Lookup(name).DefValue) })
	}
}

// TestSimulated runs random cases on simulated servers with all drivers.
func TestSimulated(t *testing.T) {
	checks(t, 400)
	s := newSimulated(t)
	stats := newStatistics()
	t.Cleanup(func() { stats.report(t, "simulator") })
	file := filepath.Join(t.TempDir(), "storage.hcl")
	rapid.Check(t, func(t *rapid.T) {
		c := &trial{T: t, server: s, simulated: s, file: file, stats: stats}
		c.run(draw{T: t})
	})
}

// products are what the simulator can be.
var products = []string{"lxd-5.0", "lxd-5.21", "lxd-6", "incus-6", "incus-7"}

// trial is one case.
type trial struct {
	*rapid.T
	server    server
	simulated *simulated // nil on a real server
	file      string     // for the text of the spec
	stats     *statistics
	declared  map[lxd.VolumeID]bool // by the spec that was applied before
	told      []string              // what has happened, for the report of a failure
}

func (c *trial) tell(format string, args ...any) {
	c.told = append(c.told, fmt.Sprintf(format, args...))
}

func (c *trial) fail(format string, args ...any) {
	c.Helper()
	c.Fatalf("%s\n\n%s", fmt.Sprintf(format, args...), strings.Join(c.told, "\n"))
}

func (c *trial) run(d draw) {
	w, doc, opts := c.prepare(d)
	c.stats.cases++
	c.apply(d, doc, w, opts)
}

// prepare makes a server that something was done with, by tarn and by hand, and what is to be applied to it.
func (c *trial) prepare(d draw) (world, *document, planner.Options) {
	if c.simulated != nil {
		kind := one(d, "product", slices.Concat(products, products[:1])...) // the first is what most tests are about
		c.simulated.kind = sim.State{Product: kind}
		if d.chance(35, "cluster") {
			c.simulated.kind.Members = map[string]*sim.Member{"n1": {}, "n2": {}}
			kind += " cluster"
		}
		c.stats.servers[kind]++
	}
	c.server.empty(c.T, nil, nil)
	about, err := c.server.client().Server(c.Context())
	if err != nil {
		c.fail("%v", err)
	}
	w := d.world(about, c.server.members(), c.simulated != nil)
	c.server.empty(c.T, w.projects, w.shared)

	h := &hand{draw: d, w: w, client: c.server.client()}
	if d.chance(50, "begin by hand") {
		h.build()
	} else {
		first := d.document(w, c.read(w))
		c.apply(d, first, w, planner.Options{})
		c.declared = first.declared()
	}
	h.drift(c.read(w))
	c.tell("by hand:\n  %s", strings.Join(h.said, "\n  "))
	c.server.fill(c.T, d)
	c.server.use(c.T, d)
	opts := planner.Options{Prune: d.chance(40, "--prune"), Adopt: d.chance(30, "--adopt")}
	return w, d.document(w, c.read(w)), opts
}

// read reads all that the server holds.
func (c *trial) read(w world) *live.State {
	scope := live.Scope{Projects: slices.Concat(w.projects, w.shared), Pools: map[string]live.Names{}}
	for _, name := range w.pools() {
		scope.Pools[name] = nil
	}
	live, err := live.Read(c.Context(), c.server.client(), scope)
	if err != nil {
		c.fail("%v", err)
	}
	return live
}

// apply plans and applies a document in one of several ways, and checks what is promised of it.
func (c *trial) apply(d draw, doc *document, w world, opts planner.Options) {
	text := doc.String()
	c.tell("spec, prune %v, adopt %v:\n%s", opts.Prune, opts.Adopt, text)
	want := c.load(text)
	if want == nil {
		return
	}
	opts.Remote, opts.Project = "here", want.Settings.Project
	before := c.server.picture(c.T)
	p := newPromise(doc, opts, w, before)

	plan := c.plan(want, opts)
	c.shuffled(d, doc, plan, opts)
	if plan == nil {
		return
	}
	c.ordered(plan)
	c.stats.plan(plan, w)
	c.stats.kind(p, plan, c.declared)
	c.saved(plan)
	c.tell("plan:\n%s", written(c.T, plan))
	if wrong := p.misjudged(plan); len(wrong) > 0 {
		c.fail("the plan is wrong about who owns what and what goes:\n%s", strings.Join(wrong, "\n"))
	}
	if deletion := firstDeletion(plan); deletion != "" && !p.deletes() {
		c.fail("%s, and nobody asked for that", deletion)
	}
	if len(plan.Blockers) > 0 {
		return
	}
	c.fresh(d, plan)
	if c.simulated == nil || d.chance(25, "rehearse") {
		c.rehearse(want, opts)
	}
	ways := []string{"whole", "whole", "whole", "whole", "a part first", "only some first", "faults"}
	if c.simulated == nil {
		ways = ways[:6]
	}
	switch one(d, "way", ways...) {
	case "whole":
		c.carryOut(d, plan)
	case "a part first":
		part := *plan
		part.Steps = plan.Steps[:rapid.IntRange(0, len(plan.Steps)).Draw(d.T, "steps")]
		c.tell("%d steps of it", len(part.Steps))
		c.carryOut(d, &part)
		c.again(d, want, opts)
		c.stats.parts++
	case "only some first":
		c.onlySome(d, want, plan, opts)
		c.again(d, want, opts)
		c.stats.narrow++
	case "faults":
		c.withFaults(d, plan)
		c.again(d, want, opts)
	}
	rest := c.plan(want, opts)
	if rest == nil || !rest.Empty() || len(rest.Blockers) > 0 {
		c.fail("not converged: %s", written(c.T, rest))
	}
	if wrong := p.broken(c.server.picture(c.T)); len(wrong) > 0 {
		c.fail("not as promised:\n%s", strings.Join(wrong, "\n"))
	}
}

// load reads a spec, nil when validation finds something.
func (c *trial) load(text string) *spec.Spec {
	if err := os.WriteFile(c.file, []byte(text), 0o600); err != nil {
		c.fail("%v", err)
	}
	want, diags := spec.Load([]string{c.file}, spec.Options{})
	if diags.HasErrors() {
		c.stats.invalid[diags.Errs()[0].(*hcl.Diagnostic).Summary]++
		return nil
	}
	return want
}

// plan makes a plan as the commands do, and checks that nothing was sent that changes anything. It is nil when the spec
// and the server contradict each other.
func (c *trial) plan(want *spec.Spec, opts planner.Options) *plan.Plan {
	c.server.wire().forget()
	plan, diags, err := makePlan(c.Context(), c.server.client(), want, opts)
	if err != nil {
		c.fail("read: %v", err)
	}
	if writes := c.server.wire().forget(); len(writes) > 0 {
		c.fail("planning sent %v", writes)
	}
	if diags.HasErrors() {
		c.tell("refused: %v", diags)
		c.stats.refused[diags.Errs()[0].(*hcl.Diagnostic).Summary]++
		return nil
	}
	return plan
}

// makePlan reads and plans as the commands do.
func makePlan(ctx context.Context, client *lxd.Client, want *spec.Spec, opts planner.Options) (*plan.Plan, hcl.Diagnostics, error) {
	live, err := live.Read(ctx, client, planner.ScopeOf(want, opts))
	if err != nil {
		return nil, nil, err
	}
	return planFor(ctx, client, live, want, opts)
}

// planFor plans for what was read.
func planFor(ctx context.Context, client *lxd.Client, state *live.State, want *spec.Spec, opts planner.Options) (*plan.Plan, hcl.Diagnostics, error) {
	plan, diags := planner.New(want, state, opts)
	if plan != nil && !plan.Missing.None() {
		if err := live.ReadDetails(ctx, client, state, plan.Missing); err != nil {
			return nil, nil, err
		}
		plan, diags = planner.New(want, state, opts)
	}
	return plan, diags, nil
}

// again plans and applies what an earlier try has left to do.
func (c *trial) again(d draw, want *spec.Spec, opts planner.Options) {
	plan := c.plan(want, opts)
	if plan == nil || len(plan.Blockers) > 0 {
		c.fail("cannot be taken up again: %s", written(c.T, plan))
	}
	c.fresh(d, plan)
	c.tell("taken up again:\n%s", written(c.T, plan))
	c.carryOut(d, plan)
}

func (c *trial) carryOut(d draw, plan *plan.Plan) {
	report := applier.Apply(c.Context(), c.server.client(), plan, applier.Options{Parallelism: one(d, "parallelism", 1, 2, 4)})
	c.succeeded(report)
	c.stats.applied += len(plan.Steps)
	if findings := planner.NotConverged(plan, c.readFor(plan)); len(findings) > 0 {
		c.fail("all is done, and it is not as the plan says: %v", findings)
	}
}

// withFaults applies a plan while requests and answers are lost and refused. What passes may not make a step fail.
func (c *trial) withFaults(d draw, plan *plan.Plan) {
	defer c.simulated.restart()
	pass := true
	for range rapid.IntRange(1, 3).Draw(d.T, "faults") {
		f := &sim.Fault{
			Method: one(d, "method", "", "POST", "PATCH", "DELETE"),
			Nth:    rapid.IntRange(1, 2*len(plan.Steps)+1).Draw(d.T, "nth"),
		}
		switch one(d, "fault", "before", "after", "busy", "slow", "lost and slow", "operation") {
		case "before":
			f.DropBefore = true
		case "after":
			f.DropAfter = true
		case "slow":
			f.Lasts = 3 * time.Millisecond
		case "lost and slow":
			f.DropAfter, f.Lasts = true, 3*time.Millisecond
		case "busy":
			f.Code, f.Text = http.StatusServiceUnavailable, "try later"
		default:
			f.Operation = "broken"
			pass = false
			if betweenMembers(plan) {
				f.Method = "POST" // a source that cannot be deleted stays, and the next plan only warns of it
			}
		}
		if betweenMembers(plan) && f.Method == "" && f.DropAfter {
			pass = false // it may meet a stream of a migration, whose servers then say that it failed
		}
		c.tell("fault %+v", *f)
		c.simulated.server.Load().Inject(f)
	}
	report := applier.Apply(c.Context(), c.server.client(), plan, applier.Options{
		Parallelism: one(d, "parallelism", 1, 2, 4), Backoff: time.Millisecond,
		Events: func(e applier.Event) {
			if e.Kind == applier.Retried || e.Kind == applier.Failed {
				c.stats.faults++
			}
		},
	})
	if pass {
		c.succeeded(report)
	}
}

// betweenMembers tells whether a plan moves volumes between members of a cluster, which copies them and then deletes.
func betweenMembers(p *plan.Plan) bool {
	return slices.ContainsFunc(p.Steps, func(step plan.Step) bool {
		move, ok := step.Action.(plan.MoveVolume)
		return ok && move.Volume.Member != move.To.Member
	})
}

// succeeded checks that every step was done.
func (c *trial) succeeded(report *applier.Report) {
	for _, outcome := range report.Outcomes {
		if outcome.Kind != applier.Done {
			c.fail("step %d: %v: %v", outcome.Step.Number, outcome.Kind, outcome.Err)
		}
	}
}

// shuffled checks that the order of declarations does not show in the plan.
func (c *trial) shuffled(d draw, doc *document, plan *plan.Plan, opts planner.Options) {
	if !d.chance(25, "shuffle") {
		return
	}
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(d.T, "seed"), 0))
	other := *doc
	other.pools = nil
	for _, i := range r.Perm(len(doc.pools)) {
		pool := *doc.pools[i]
		pool.volumes = slices.Clone(pool.volumes)
		r.Shuffle(len(pool.volumes), func(i, j int) { pool.volumes[i], pool.volumes[j] = pool.volumes[j], pool.volumes[i] })
		other.pools = append(other.pools, &pool)
	}
	want := c.load(other.String())
	if want == nil {
		c.fail("shuffled, it is not valid:\n%s", other.String())
	}
	second := c.plan(want, opts)
	plan, second = unplaced(plan), unplaced(second)
	if written(c.T, plan) != written(c.T, second) || inJSON(c.T, plan) != inJSON(c.T, second) {
		c.fail("shuffled:\n%s\n%s", written(c.T, plan), written(c.T, second))
	}
}

// unplaced is a plan that does not say where in the spec things are.
func unplaced(p *plan.Plan) *plan.Plan {
	if p == nil {
		return nil
	}
	copied := *p
	copied.Blockers = slices.Clone(p.Blockers)
	for i := range copied.Blockers {
		copied.Blockers[i].Place = nil
	}
	return &copied
}

func firstDeletion(p *plan.Plan) string {
	for i := range p.Steps {
		switch p.Steps[i].Action.(type) {
		case plan.DeletePool, plan.DeleteVolume:
			return p.Steps[i].Title()
		}
	}
	return ""
}

// written is a plan as text.
func written(t *rapid.T, p *plan.Plan) string {
	if p == nil {
		return "none"
	}
	var b bytes.Buffer
	if err := p.WriteText(&b, plan.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func inJSON(t *rapid.T, plan *plan.Plan) string {
	if plan == nil {
		return "none"
	}
	var b bytes.Buffer
	if err := plan.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
