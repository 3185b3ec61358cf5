package planner_test

import (
	"testing"

	"pgregory.net/rapid"

	"tarn/planner"
)

// A plan that is narrowed can be carried out by itself, has nothing that the whole plan has not, and what it names is then
// as the spec says.
func TestOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		whole := w.plan(t)
		if len(whole.Blockers) > 0 {
			t.Skip("blocked")
		}
		var addresses []string
		for _, pool := range w.want.Pools {
			if rapid.Bool().Draw(t, "only "+pool.Name) {
				addresses = append(addresses, pool.Name)
			}
			for _, volume := range pool.Volumes {
				if rapid.IntRange(0, 3).Draw(t, "only "+volume.Address) == 0 {
					addresses = append(addresses, volume.Address)
				}
			}
		}
		if len(addresses) == 0 {
			t.Skip("no address")
		}
		if w.circle() {
			t.Skip("two new volumes that were each other: the first one to be there looks like the other one's old name")
		}
		plan := func() *planner.Plan {
			w.refresh()
			plan, diags := planner.New(w.want, w.live, planner.Options{Only: addresses})
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			return plan
		}
		narrow := plan()
		before := text(t, whole) + text(t, narrow)
		titles := map[string]bool{}
		for i := range whole.Steps {
			titles[whole.Steps[i].Title()] = true
		}
		if len(narrow.Steps)+narrow.LeftOut != len(whole.Steps) {
			t.Fatalf("%d steps and %d left out\n%s", len(narrow.Steps), narrow.LeftOut, before)
		}
		for i, step := range narrow.Steps {
			if !titles[narrow.Steps[i].Title()] {
				t.Fatalf("%s is not in the whole plan\n%s", narrow.Steps[i].Title(), before)
			}
			if err := w.do(step); err != nil {
				t.Fatalf("step %d: %v\n%s", step.Number, err, before)
			}
		}
		if rest := plan(); !rest.Empty() {
			t.Fatalf("not as the spec says\n%s\n%s", before, text(t, rest))
		}
	})
}

// circle tells whether the spec says of volumes, round and round, that each was called like the next.
func (w world) circle() bool {
	from := map[string]string{}
	for _, pool := range w.want.Pools {
		for _, volume := range pool.Volumes {
			if volume.RenamedFrom != nil {
				from[pool.Name+"/"+volume.Name] = volume.RenamedFrom.String()
			}
		}
	}
	for start := range from {
		seen := map[string]bool{}
		for at := start; at != ""; at = from[at] {
			if seen[at] {
				return true
			}
			seen[at] = true
		}
	}
	return false
}
