package promises

import (
	"slices"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/planner"
	"tarn/planner/plan"
)

// saved checks that a plan that is read back from what was written is the same.
func (c *trial) saved(p *plan.Plan) {
	text := inJSON(c.T, p)
	loaded, err := plan.Read([]byte(text))
	if err != nil {
		c.fail("the plan cannot be read back: %v\n%s", err, text)
	}
	if again := inJSON(c.T, loaded); again != text {
		c.fail("read back, the plan is another:\n%s", cmp.Diff(text, again))
	}
	ignore := cmpopts.IgnoreFields(plan.Plan{}, "Missing", "MissingOf", "MissingRemotes")
	if diff := cmp.Diff(p, loaded, cmpopts.EquateEmpty(), ignore); diff != "" {
		c.fail("read back, the plan is another:\n%s", diff)
	}
}

// readFor reads what decides whether a plan is stale.
func (c *trial) readFor(plan *plan.Plan) *live.State {
	state, err := live.Read(c.Context(), c.server.client(), plan.Scope())
	if err == nil {
		err = live.ReadDetails(c.Context(), c.server.client(), state, live.Details{Usage: plan.Destroyed()})
	}
	if err != nil {
		c.fail("%v", err)
	}
	return state
}

// fresh checks that nothing is taken for changed that has not. Sometimes somebody changes a volume: then just that is
// stale, if the plan touches it.
func (c *trial) fresh(d draw, p *plan.Plan) {
	live := c.readFor(p)
	if findings := planner.Stale(p, live, nil); len(findings) > 0 {
		c.fail("nothing has changed, and it is stale: %v", findings)
	}
	if live.Volumes.Len() == 0 || !d.chance(20, "somebody changes a volume") {
		return
	}
	id := one(d, "which", slices.SortedFunc(live.Volumes.IDs(), lxd.VolumeID.Compare)...)
	config := live.Volumes.Get(id).Config
	had, set := config["user.b"]
	config["user.b"] = "by hand"
	findings := planner.Stale(p, live, nil)
	object := plan.Object{Pool: id.Pool, Volume: id}
	if touched := p.Touched()[object]; touched != (len(findings) == 1) || touched && findings[0].Object != object {
		c.fail("%s has changed, touched %v, stale %v", object, touched, findings)
	}
	if config["user.b"] = had; !set {
		delete(config, "user.b")
	}
}
