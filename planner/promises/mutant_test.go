package promises

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tarn/applier"
	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/planner"
	"tarn/planner/plan"
	"tarn/spec"
)

// mutant is a planner with a fault: something goes wrong with what it is given, or with what it gives.
type mutant struct {
	spec func(*spec.Spec)
	opts func(*planner.Options)
	live func(*live.State, *spec.Spec)
	plan func(*plan.Plan)
}

// mutants are faults that each take a rule away. Those of what the planner is given stand for a planner that does not know the
// rule, so that all that follows from it is wrong in the way that it would be.
var mutants = map[string]mutant{
	"a project that the spec does not name is not read": {live: func(state *live.State, want *spec.Spec) {
		named := map[string]bool{lxd.DefaultProject: true, want.Settings.Project: true}
		for _, pool := range want.Pools {
			for _, v := range pool.Volumes {
				named[v.Project] = true
			}
		}
		for id := range state.Volumes.All() {
			if !named[id.Project] {
				state.Volumes.Delete(id)
			}
		}
	}},
	"a copy's mark counts": {live: func(state *live.State, _ *spec.Spec) {
		for id, volume := range state.Volumes.All() {
			if volume.Config[ofMark] != "" {
				volume.Config[ofMark] = nameOnMark(id)
			}
		}
	}},
	"what a mark was put on counts as gone": {live: func(state *live.State, _ *spec.Spec) {
		for id, volume := range state.Volumes.All() {
			if of := volume.Config[ofMark]; of != "" && of != nameOnMark(id) {
				volume.Config[ofMark] = "nowhere/" + id.Name
			}
		}
	}},
	"prevent_delete's mark is not seen": {live: func(state *live.State, _ *spec.Spec) {
		for _, volume := range state.Volumes.All() {
			delete(volume.Config, protectMark)
		}
		for _, pool := range state.Pools {
			delete(pool.Config, protectMark)
		}
	}},
	"no owner":       {spec: func(want *spec.Spec) { want.Settings.Owner = "" }},
	"no max_deletes": {spec: func(want *spec.Spec) { want.Settings.MaxDeletes = nil }},
	"no ignore_config": {spec: func(want *spec.Spec) {
		ofPools(want, func(p *spec.Pool) { p.IgnoreConfig = nil })
		ofVolumes(want, func(v *spec.Volume) bool { v.IgnoreConfig = nil; return true })
	}},
	"no renamed_from": {spec: func(want *spec.Spec) {
		ofVolumes(want, func(v *spec.Volume) bool { v.RenamedFrom = nil; return true })
	}},
	"no absent volumes":    {spec: func(want *spec.Spec) { ofVolumes(want, func(v *spec.Volume) bool { return !v.Absent }) }},
	"no exclusive pools":   {spec: func(want *spec.Spec) { ofPools(want, func(p *spec.Pool) { p.Exclusive = false }) }},
	"all pools exclusive":  {spec: func(want *spec.Spec) { ofPools(want, func(p *spec.Pool) { p.Exclusive = true }) }},
	"always --prune":       {opts: func(opts *planner.Options) { opts.Prune = true }},
	"never --prune":        {opts: func(opts *planner.Options) { opts.Prune = false }},
	"always --adopt":       {opts: func(opts *planner.Options) { opts.Adopt = true }},
	"orphans not said":     {plan: func(p *plan.Plan) { p.Orphans = nil }},
	"strangers not said":   {plan: func(p *plan.Plan) { p.Strangers = nil }},
	"copies not said":      {plan: withoutNotices(plan.CopiedMark)},
	"renames not said":     {plan: withoutNotices(plan.RenamedByHand)},
	"protected, no block":  {plan: withoutBlockers(plan.Protected)},
	"others', no block":    {plan: withoutBlockers(plan.OtherOwner)},
	"too many, no block":   {plan: withoutBlockers(plan.TooManyDeletes)},
	"no deletions":         {plan: without[plan.DeleteVolume]},
	"no patches":           {plan: without[plan.PatchVolume]},
	"no patches of pools":  {plan: without[plan.PatchPool]},
	"no creations":         {plan: without[plan.CreateVolume]},
	"no moves":             {plan: without[plan.MoveVolume]},
	"no renames":           {plan: without[plan.RenameVolume]},
	"a patch forgets some": {plan: forgetChange},
}

func ofVolumes(want *spec.Spec, keep func(*spec.Volume) bool) {
	for _, pool := range want.Pools {
		pool.Volumes = slices.DeleteFunc(pool.Volumes, func(v *spec.Volume) bool { return !keep(v) })
	}
}

func ofPools(want *spec.Spec, change func(*spec.Pool)) {
	for _, pool := range want.Pools {
		if !pool.Absent {
			change(pool)
		}
	}
}

func withoutNotices(code plan.NoticeCode) func(*plan.Plan) {
	return func(p *plan.Plan) {
		p.Notices = slices.DeleteFunc(p.Notices, func(n plan.Notice) bool { return n.Code == code })
	}
}

func withoutBlockers(code plan.BlockerCode) func(*plan.Plan) {
	return func(p *plan.Plan) {
		p.Blockers = slices.DeleteFunc(p.Blockers, func(b plan.Blocker) bool { return b.Code == code })
	}
}

// without leaves out the steps of a kind. No other step waits for them.
func without[T plan.Action](p *plan.Plan) {
	left := map[int]bool{}
	p.Steps = slices.DeleteFunc(p.Steps, func(s plan.Step) bool {
		_, is := s.Action.(T)
		left[s.Number] = left[s.Number] || is
		return is
	})
	numbers := map[int]int{}
	for i := range p.Steps {
		numbers[p.Steps[i].Number] = i + 1
	}
	for i := range p.Steps {
		step := &p.Steps[i]
		step.Number = i + 1
		needs := slices.DeleteFunc(slices.Clone(step.Needs), func(n int) bool { return left[n] })
		for j, n := range needs {
			needs[j] = numbers[n]
		}
		step.Needs = needs
	}
}

func forgetChange(p *plan.Plan) {
	for i := range p.Steps {
		if patch, ok := p.Steps[i].Action.(plan.PatchVolume); ok && len(patch.Changes) > 1 {
			patch.Changes = patch.Changes[1:]
			p.Steps[i].Action = patch
		}
	}
}

// TestMutants gives the promises planners with faults, and each fault is found: what finds nothing in the real one would find
// something if there were something.
func TestMutants(t *testing.T) {
	checks(t, 600)
	for name, m := range mutants {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSimulated(t)
			file := filepath.Join(t.TempDir(), "storage.hcl")
			cases, caught := 0, ""
			rapid.Check(t, func(t *rapid.T) {
				if caught != "" {
					return
				}
				cases++
				c := &trial{T: t, server: s, simulated: s, file: file, stats: newStatistics()}
				caught = c.mutated(draw{T: t}, m)
			})
			if caught == "" {
				t.Fatalf("nothing was found in %d cases", cases)
			}
			fmt.Fprintf(os.Stdout, "mutant %q: found in case %d: %s\n", name, cases, caught)
		})
	}
}

// mutated is what is found in a case with a planner that has a fault, "" for nothing.
func (c *trial) mutated(d draw, m mutant) string {
	w, doc, opts := c.prepare(d)
	want := c.load(doc.String())
	if want == nil {
		return ""
	}
	opts.Remote, opts.Project = "here", want.Settings.Project
	p := newPromise(doc, opts, w, c.server.picture(c.T))
	if m.spec != nil {
		m.spec(want)
	}
	if m.opts != nil {
		m.opts(&opts)
	}
	state, err := live.Read(c.Context(), c.server.client(), planner.ScopeOf(want, opts))
	if err != nil {
		c.fail("read: %v", err)
	}
	if m.live != nil {
		m.live(state, want)
	}
	made, _, err := planFor(c.Context(), c.server.client(), state, want, opts)
	if err != nil {
		c.fail("read: %v", err)
	}
	if made == nil {
		return ""
	}
	if m.plan != nil {
		m.plan(made)
	}
	if wrong := p.misjudged(made); len(wrong) > 0 {
		return "the plan: " + wrong[0]
	}
	if len(made.Blockers) > 0 {
		return ""
	}
	applier.Apply(c.Context(), c.server.client(), made, applier.Options{Parallelism: 1})
	if wrong := p.broken(c.server.picture(c.T)); len(wrong) > 0 {
		text, _, _ := strings.Cut(wrong[0], "\n")
		return "the server: " + text
	}
	return ""
}
