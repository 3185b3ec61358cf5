package rehearse_test

import (
	"context"
	"testing"

	"tarn/applier"
	"tarn/applier/rehearse"
	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/planner/plan"
)

// What a project with a limit has in pools that the plan has nothing to do with counts with its size, as on the server.
func TestLimitCountsOtherPools(t *testing.T) {
	for size, taken := range map[string]bool{"5MiB": true, "20MiB": false} {
		client := connect(t, "lxd-5.0")
		scope := live.Scope{Projects: []string{"limited"}, Pools: map[string]live.Names{"e": {"n"}}}
		state, err := live.Read(t.Context(), client, scope)
		if err != nil {
			t.Fatal(err)
		}
		p := &plan.Plan{Steps: []plan.Step{{Number: 1, Action: create(in("limited", id("e", "n")), "", "size", size)}}}
		rehearsal, err := rehearse.Run(t.Context(), p, rehearse.Server{Client: client, Live: state}, rehearse.Options{
			Scope: scope,
			Plan:  func(context.Context, *lxd.Client, *live.State) (*plan.Plan, error) { return &plan.Plan{}, nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		report := applier.Apply(t.Context(), client, p, applier.Options{Parallelism: 1})
		if done := report.Outcomes[0].Kind == applier.Done; done != taken || (rehearsal.Accepted == 1) != taken {
			t.Errorf("%s: done %v, and the rehearsal %s", size, done, rehearsal)
		}
	}
}
