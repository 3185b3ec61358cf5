package cli

import (
	"context"
	"fmt"

	"tarn/applier/rehearse"
	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/planner"
	"tarn/planner/plan"
)

// rehearse carries the last plan out on a simulator that holds what the server holds.
func (s *session) rehearse(ctx context.Context, p *plan.Plan) (*plan.Rehearsal, error) {
	opts := rehearse.Options{
		Remotes: map[string]rehearse.Server{},
		Scope:   planner.ScopeOf(s.want, s.opts),
		Plan: func(ctx context.Context, client *lxd.Client, live *live.State) (*plan.Plan, error) {
			return s.planFor(ctx, client, live, false)
		},
		Trace:   s.app.tracer("rehearsal: "),
		Secrets: s.app.secrets,
	}
	for remote, client := range s.remotes {
		opts.Remotes[remote] = rehearse.Server{Client: client, Live: s.opts.Remotes[remote]}
	}
	rehearsal, err := rehearse.Run(ctx, p, rehearse.Server{Client: s.client, Live: s.live}, opts)
	if err != nil {
		return nil, fmt.Errorf("rehearse: %w", err)
	}
	return rehearsal, nil
}
