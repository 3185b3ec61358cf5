package promises

import (
	"strings"

	"tarn/planner"
	"tarn/planner/plan"
	"tarn/spec"
)

// onlySome narrows a plan to some of what is declared, carries that out and checks that the whole plan has each of its
// steps, and that what it was narrowed to is then as the spec says.
func (c *trial) onlySome(d draw, want *spec.Spec, whole *plan.Plan, opts planner.Options) {
	for _, pool := range want.Pools {
		if d.chance(40, "only "+pool.Address) {
			opts.Only = append(opts.Only, pool.Address)
		}
		for _, volume := range pool.Volumes {
			if d.chance(30, "only "+volume.Address) {
				opts.Only = append(opts.Only, volume.Address)
			}
		}
	}
	if len(opts.Only) == 0 || circular(want) {
		return
	}
	c.tell("only %s", strings.Join(opts.Only, ", "))
	narrow := c.plan(want, opts)
	if narrow == nil || len(narrow.Blockers) > 0 {
		c.fail("the whole can be done, a part of it not: %s", written(c.T, narrow))
	}
	c.ordered(narrow)
	c.tell("narrowed:\n%s", written(c.T, narrow))
	if len(narrow.Steps)+narrow.LeftOut != len(whole.Steps) {
		c.fail("%d steps and %d left out of %d", len(narrow.Steps), narrow.LeftOut, len(whole.Steps))
	}
	titles := map[string]bool{}
	for i := range whole.Steps {
		titles[whole.Steps[i].Title()] = true
	}
	for i := range narrow.Steps {
		if title := narrow.Steps[i].Title(); !titles[title] {
			c.fail("%s is not in the whole plan", title)
		}
	}
	c.fresh(d, narrow)
	c.carryOut(d, narrow)
	if rest := c.plan(want, opts); rest == nil || !rest.Empty() || len(rest.Blockers) > 0 {
		c.fail("what the plan was narrowed to is not as the spec says: %s", written(c.T, rest))
	}
}

// circular tells whether the spec says of volumes, round and round, that each was called like the next. The first one that
// is there then looks like what the next one was.
func circular(want *spec.Spec) bool {
	from := map[string]string{}
	for _, pool := range want.Pools {
		for _, volume := range pool.Volumes {
			if volume.RenamedFrom != nil {
				source := *volume.RenamedFrom
				if source.Pool == "" {
					source.Pool = pool.Name
				}
				from[pool.Name+"/"+volume.Name] = source.String()
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

// ordered checks that each step has its place's number and needs only steps before it.
func (c *trial) ordered(plan *plan.Plan) {
	for i, step := range plan.Steps {
		if step.Number != i+1 {
			c.fail("step %d has number %d", i+1, step.Number)
		}
		for _, need := range step.Needs {
			if need >= step.Number {
				c.fail("step %d needs step %d", step.Number, need)
			}
		}
	}
}
