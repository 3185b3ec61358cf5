package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"tarn/applier"
	"tarn/lxd"
	"tarn/lxd/sim"
	"tarn/planner"
)

// rehearse carries a plan out on a simulator that holds what the server held when the plan was made, and plans there
// again. The server itself is only read, and so are those that volumes come from.
func (s *session) rehearse(ctx context.Context, plan *planner.Plan) (*planner.Rehearsal, error) {
	if len(plan.Blockers) > 0 {
		return &planner.Rehearsal{Blocked: true}, nil
	}
	rehearsal := &planner.Rehearsal{}
	here, elsewhere := touched(plan)
	client, err := s.stage(ctx, s.client, s.live, here, rehearsal)
	if err != nil {
		return nil, fmt.Errorf("rehearse: %w", err)
	}
	defer client.Close()
	sources := map[string]*lxd.Client{}
	for _, remote := range slices.Sorted(maps.Keys(elsewhere)) {
		source, err := s.stage(ctx, s.sources[remote], s.opts.Sources[remote], elsewhere[remote], rehearsal)
		if err != nil {
			return nil, fmt.Errorf("rehearse: %s: %w", remote, err)
		}
		defer source.Close()
		sources[remote] = source
	}

	report := applier.Apply(ctx, client, plan, applier.Options{Parallelism: 1, Sources: sources})
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	for i, outcome := range report.Outcomes {
		if outcome.Kind == applier.Done {
			rehearsal.Accepted++
			continue
		}
		refusal := planner.Refusal{Step: &plan.Steps[i], Why: oneLine(outcome.Err)}
		if outcome.Kind == applier.Failed {
			rehearsal.Refused = append(rehearsal.Refused, refusal)
		} else {
			rehearsal.Skipped = append(rehearsal.Skipped, refusal)
		}
	}
	if len(rehearsal.Refused) > 0 {
		return rehearsal, nil
	}
	return rehearsal, s.again(ctx, client, rehearsal)
}

// stage gives a client for a simulator that holds what the server holds, as far as some pools are concerned.
func (s *session) stage(ctx context.Context, client *lxd.Client, live *lxd.State, pools []string, rehearsal *planner.Rehearsal) (*lxd.Client, error) {
	rest, err := client.ReadRest(ctx, live, pools)
	if err != nil {
		return nil, err
	}
	state, err := sim.FromLive(live, rest)
	if err != nil {
		return nil, err
	}
	for _, hidden := range rest.Hidden {
		rehearsal.Notes = append(rehearsal.Notes,
			fmt.Sprintf("%s does not show %s to this client, so what depends on them was not rehearsed", live.Address, hidden))
	}
	if as := sim.Simulates(live.Server); as != live.Server.String() {
		rehearsal.Notes = append(rehearsal.Notes, fmt.Sprintf("%s is %s, and was rehearsed as %s", live.Address, live.Server, as))
	}
	server := sim.New(state)
	s.app.simulators = append(s.app.simulators, server)
	return lxd.NewDialed(live.Address, server.Dial, lxd.Options{Trace: s.app.tracer("rehearsal: ")}), nil
}

// again plans for the simulator after the rehearsal.
func (s *session) again(ctx context.Context, client *lxd.Client, rehearsal *planner.Rehearsal) error {
	live, err := client.Read(ctx, planner.Scope(s.want, s.opts))
	if err != nil {
		return fmt.Errorf("rehearse: %w", err)
	}
	for name, pool := range live.Pools {
		if before := s.live.Pools[name]; before != nil && before.Config == nil {
			pool.Config = nil // which this client may not see
		}
	}
	rest, err := s.planFor(ctx, client, live, false)
	if err != nil {
		return err
	}
	if !rest.Empty() || len(rest.Blockers) > 0 {
		rehearsal.Left = rest
	}
	return nil
}

// touched names the pools that a plan is about, here and on the servers that volumes come from.
func touched(plan *planner.Plan) (here []string, elsewhere map[string][]string) {
	pools := map[string]bool{}
	elsewhere = map[string][]string{}
	for _, step := range plan.Steps {
		pools[step.Action.Object().Pool] = true
		switch action := step.Action.(type) {
		case planner.MoveVolume:
			pools[action.To.Pool] = true
		case planner.MigrateVolume:
			if !slices.Contains(elsewhere[action.Remote], action.Volume.Pool) {
				elsewhere[action.Remote] = append(elsewhere[action.Remote], action.Volume.Pool)
			}
		}
	}
	return slices.Sorted(maps.Keys(pools)), elsewhere
}
