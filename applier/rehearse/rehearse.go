// Package rehearse carries a plan out on a simulator that holds what a server holds.
//
// A plan and the servers that it is about go in, as clients and as they were read; out comes what the simulator made of each
// step, and what planning again would still do. The servers are only read, never changed. [Run] is all of it.
package rehearse

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"tarn/applier"
	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/secrets"
	"tarn/lxd/sim"
	"tarn/planner/plan"
)

// Server is one whose place a simulator takes. It is read and never changed.
type Server struct {
	Client *lxd.Client
	Live   *live.State // as it was when the plan was made
}

// Options are what [Run] needs besides the plan and its server.
type Options struct {
	Remotes map[string]Server // other servers that volumes come from, by their names

	// Scope is what has to be read for Plan, which plans for the simulated server when all steps were taken.
	Scope live.Scope
	Plan  func(context.Context, *lxd.Client, *live.State) (*plan.Plan, error)

	Trace   func(lxd.Exchange) // is told of the requests to simulated servers; it may be nil
	Secrets *secrets.Set       // that no text of a simulated server may show
}

// Run carries a plan out on a simulator that holds what the server held when the plan was made, and plans there again.
// The server itself is only read, and so are those that volumes come from.
func Run(ctx context.Context, p *plan.Plan, server Server, opts Options) (*plan.Rehearsal, error) {
	rehearsal := &plan.Rehearsal{}
	if len(p.Blockers) > 0 {
		rehearsal.Blocked = true
		return rehearsal, nil
	}
	here, elsewhere := partsOf(p)
	if err := simulated(p, server.Live, here); err != nil {
		return nil, err
	}
	client, end, err := server.simulate(ctx, here, rehearsal, opts)
	if err != nil {
		return nil, err
	}
	defer end()
	remotes := map[string]*lxd.Client{}
	for _, remote := range slices.Sorted(maps.Keys(elsewhere)) {
		if err := simulated(nil, opts.Remotes[remote].Live, elsewhere[remote]); err != nil {
			return nil, fmt.Errorf("%s: %w", remote, err)
		}
		source, end, err := opts.Remotes[remote].simulate(ctx, elsewhere[remote], rehearsal, opts)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", remote, err)
		}
		defer end()
		remotes[remote] = source
	}

	report := applier.Apply(ctx, client, p, applier.Options{Parallelism: 1, Remotes: remotes})
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	for i, outcome := range report.Outcomes {
		if outcome.Kind == applier.Done {
			rehearsal.Accepted++
			continue
		}
		refusal := plan.Refusal{Step: &p.Steps[i], Why: outcome.Why()}
		if outcome.Kind == applier.Failed {
			rehearsal.Refused = append(rehearsal.Refused, refusal)
		} else {
			rehearsal.Skipped = append(rehearsal.Skipped, refusal)
		}
	}
	if len(rehearsal.Refused) > 0 {
		return rehearsal, nil
	}
	live, err := live.Read(ctx, client, opts.Scope)
	if err != nil {
		return nil, err
	}
	keep(live, server.Live)
	for name, pool := range live.Pools {
		if before := server.Live.Pools[name]; before != nil && before.Config == nil {
			pool.Config = nil // which this client may not see
		}
	}
	rest, err := opts.Plan(ctx, client, live)
	if err != nil {
		return nil, err
	}
	if !rest.Empty() || len(rest.Blockers) > 0 {
		rehearsal.Left = rest
	}
	return rehearsal, nil
}

// simulate gives a client for a simulator that holds what the server holds, as far as a part of it is concerned. end ends
// both.
func (s Server) simulate(ctx context.Context, about part, rehearsal *plan.Rehearsal, opts Options) (client *lxd.Client, end func(), err error) {
	for id := range s.Live.MemberPools { // also those that nothing happens to are compared again
		about.addPool(id.Name)
	}
	rest, err := live.ReadSurroundings(ctx, s.Client, s.Live, about.pools, about.volumes)
	if err != nil {
		return nil, nil, err
	}
	state := sim.FromLive(s.Live, rest)
	for _, hidden := range rest.Hidden {
		rehearsal.Notes = append(rehearsal.Notes,
			fmt.Sprintf("%s does not show %s to this client, so what depends on them was not rehearsed", s.Live.Address, hidden))
	}
	if as := sim.Simulates(s.Live.Server); as != s.Live.Server.String() {
		rehearsal.Notes = append(rehearsal.Notes, fmt.Sprintf("%s is %s, and was rehearsed as %s", s.Live.Address, s.Live.Server, as))
	}
	server := sim.New(state)
	client = lxd.NewDialed(s.Live.Address, server.Dial, lxd.Options{Trace: opts.Trace, Secrets: opts.Secrets})
	return client, func() {
		client.Close()
		server.Close() // it has no file
	}, nil
}

// part is what of a server a plan is about.
type part struct {
	pools   []string
	volumes []lxd.VolumeID
}

func (p *part) add(id lxd.VolumeID) {
	p.addPool(id.Pool)
	p.volumes = append(p.volumes, id)
}

func (p *part) addPool(name string) {
	if !slices.Contains(p.pools, name) {
		p.pools = append(p.pools, name)
	}
}

// partsOf are what a plan is about, here and on the servers that volumes come from.
func partsOf(p *plan.Plan) (here part, elsewhere map[string]part) {
	for object := range p.Touched() {
		if object.IsPool() {
			here.addPool(object.Pool)
		} else {
			here.add(object.Volume)
		}
	}
	slices.Sort(here.pools)
	slices.SortFunc(here.volumes, lxd.VolumeID.Compare)
	elsewhere = map[string]part{}
	for _, step := range p.Steps {
		from, ok := plan.SourceOf(step.Action)
		switch {
		case ok && from.Remote == "":
			here.add(from.Volume)
		case ok:
			there := elsewhere[from.Remote]
			there.add(from.Volume)
			elsewhere[from.Remote] = there
		}
	}
	return here, elsewhere
}
