package planner_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tarn/lxd/live"
	"tarn/planner"
	"tarn/planner/plan"
	"tarn/spec"
)

// testStanding fails where a standing tells of a value something else than the plan does with it: what differs, lacks or is nobody's is just what
// the plan changes.
func testStanding(t *testing.T, want *spec.Spec, state *live.State, opts planner.Options, p *plan.Plan) {
	t.Helper()
	if len(opts.Only)+len(opts.Exclude) > 0 {
		return // the plan leaves something out
	}
	changed, skipped := map[plan.Object]map[string]bool{}, map[plan.Object]bool{}
	keys := func(changes []plan.Change) map[string]bool {
		names := map[string]bool{}
		for _, change := range changes {
			if name, is := change.Attr.ConfigKey(); is && !strings.HasPrefix(name, "user.tarn.") {
				names[name] = true
			}
		}
		return names
	}
	for _, blocker := range p.Blockers {
		skipped[blocker.Object] = true
	}
	for i := range p.Steps {
		switch action := p.Steps[i].Action.(type) {
		case plan.PatchPool:
			changed[plan.PoolObject(action.Pool)] = keys(action.Changes)
			for name := range keys(action.Changes) {
				if strings.HasPrefix(name, "volume.") { // what its volumes inherit is another thing after that
					for id := range state.Volumes.All() {
						skipped[plan.VolumeObject(id)] = skipped[plan.VolumeObject(id)] || id.Pool == action.Pool
					}
				}
			}
		case plan.PatchVolume:
			changed[plan.VolumeObject(action.Volume)] = keys(action.Changes)
		default:
			skipped[action.Object()] = true
		}
	}
	standing := planner.NewStanding(want, state, opts)
	check := func(object plan.Object, settings []planner.Setting) {
		d := standing.Declaration(object)
		if skipped[object] || d == nil || d.Absent || d.Existing && object.IsPool() || d.Becomes.Name != "" {
			return
		}
		found := map[string]bool{}
		for _, setting := range settings {
			switch setting.From {
			case planner.Differs, planner.Lacks, planner.FromSomeone:
				if setting.Member == "" {
					found[setting.Key] = true
				}
			}
		}
		if diff := cmp.Diff(slices.Sorted(maps.Keys(changed[object])), slices.Sorted(maps.Keys(found))); diff != "" {
			t.Errorf("%s: what the plan changes, and what is said to be another value: %s", object, diff)
		}
	}
	for name, pool := range state.Pools {
		if pool.Status == "Created" || pool.Status == "" {
			check(plan.PoolObject(name), standing.PoolSettings(name))
		}
	}
	for id := range state.Volumes.All() {
		check(plan.VolumeObject(id), standing.VolumeSettings(id))
	}
}
