package promises

import (
	"context"

	"tarn/applier/rehearse"
	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/planner"
	"tarn/planner/plan"
	"tarn/spec"
)

// rehearse checks that a plan that is going to be carried out goes well in a rehearsal too, of which the server notices
// nothing but reading.
func (c *trial) rehearse(want *spec.Spec, opts planner.Options) {
	scope := planner.ScopeOf(want, opts)
	state, err := live.Read(c.Context(), c.server.client(), scope)
	if err != nil {
		c.fail("read: %v", err)
	}
	p, _, err := planFor(c.Context(), c.server.client(), state, want, opts)
	if err != nil || p == nil || len(p.Blockers) > 0 {
		c.fail("another plan than before: %v %s", err, written(c.T, p))
	}
	c.server.wire().forget()
	rehearsal, err := rehearse.Run(c.Context(), p, rehearse.Server{Client: c.server.client(), Live: state}, rehearse.Options{
		Scope: scope,
		Plan: func(ctx context.Context, client *lxd.Client, live *live.State) (*plan.Plan, error) {
			plan, diags, err := planFor(ctx, client, live, want, opts)
			if err == nil && diags.HasErrors() {
				err = diags
			}
			return plan, err
		},
	})
	if err != nil {
		c.fail("rehearsal: %v", err)
	}
	if writes := c.server.wire().forget(); len(writes) > 0 {
		c.fail("the rehearsal sent %v", writes)
	}
	p.Rehearsal = rehearsal
	c.tell("%s", rehearsal)
	if !rehearsal.Passed() || rehearsal.Accepted != len(p.Steps) {
		c.fail("the rehearsal went otherwise:\n%s", written(c.T, p))
	}
	c.stats.rehearsed++
}
