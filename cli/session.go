package cli

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"runtime"
	"runtime/metrics"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/planner"
	"tarn/planner/plan"
	"tarn/spec"
)

// session is a spec and the server that it is for.
type session struct {
	app     *app
	want    *spec.Spec
	client  *lxd.Client
	remotes map[string]*lxd.Client // other servers that volumes come from, by their names
	opts    planner.Options
	live    *live.State // what the last plan was made from
}

// open loads the spec and finds the server. It sends nothing.
func (a *app) open(ctx context.Context, paths []string, flags *planFlags) (*session, error) {
	if flags.maxDeletes < 0 {
		return nil, flags.badMaxDeletes()
	}
	if err := refuseSavedPlans(paths); err != nil {
		return nil, err
	}
	if err := flags.checkPaths(a, paths); err != nil {
		return nil, err
	}
	want, err := a.load(ctx, paths, flags.specFlags)
	if err != nil {
		return nil, err
	}
	return a.openFor(want, flags)
}

// openFor finds the server of a spec. It sends nothing.
func (a *app) openFor(want *spec.Spec, flags *planFlags) (*session, error) {
	a.asked = cmp.Or(a.remote, want.Settings.Remote)
	remote, client, err := a.connect(a.asked)
	if err != nil {
		return nil, at(a.remotePlace(want), err)
	}
	return &session{
		app:     a,
		want:    want,
		client:  client,
		remotes: map[string]*lxd.Client{},
		opts:    flags.options(remote.Name, cmp.Or(a.project, want.Settings.Project, remote.Project), a.today()),
	}, nil
}

func (s *session) close() {
	s.client.Close()
	for _, client := range s.remotes {
		client.Close()
	}
}

// plan reads the server and plans. What is wrong with the spec in view of the server is printed; warn tells whether
// warnings are too.
func (s *session) plan(ctx context.Context, warn bool) (*plan.Plan, error) {
	live, err := live.Read(ctx, s.client, planner.ScopeOf(s.want, s.opts))
	if err != nil {
		return nil, s.atProject(err)
	}
	s.live = live
	return s.planFor(ctx, s.client, live, warn)
}

// planFor plans for what was read, and asks the client for what turns out to be missing.
func (s *session) planFor(ctx context.Context, client *lxd.Client, state *live.State, warn bool) (*plan.Plan, error) {
	s.app.secrets.Add(planner.SecretsOn(state, s.want)...)
	plan, diags, err := s.newPlan(ctx, state)
	if err != nil {
		return nil, err
	}
	if plan != nil && len(plan.MissingRemotes) > 0 {
		if err := s.readRemotes(ctx, plan.MissingRemotes); err != nil {
			return nil, err
		}
		if plan, diags, err = s.newPlan(ctx, state); err != nil {
			return nil, err
		}
	}
	if plan != nil && (!plan.Missing.None() || len(plan.MissingOf) > 0) {
		if err := live.ReadDetails(ctx, client, state, plan.Missing); err != nil {
			return nil, err
		}
		for _, name := range slices.Sorted(maps.Keys(plan.MissingOf)) {
			if err := live.ReadDetails(ctx, s.remotes[name], s.opts.Remotes[name], plan.MissingOf[name]); err != nil {
				return nil, s.fromRemote(name, err)
			}
		}
		if plan, diags, err = s.newPlan(ctx, state); err != nil {
			return nil, err
		}
	}
	if !warn && !diags.HasErrors() {
		return plan, nil
	}
	return plan, s.app.report(s.want, diags)
}

// newPlan plans from what has been read. A large plan takes seconds.
func (s *session) newPlan(ctx context.Context, state *live.State) (*plan.Plan, hcl.Diagnostics, error) {
	type planned struct {
		plan  *plan.Plan
		diags hcl.Diagnostics
	}
	opts := s.opts
	collectMuch() // of the reading; the plan needs as much again
	made, err := orInterrupted(ctx, func() (p planned) {
		p.plan, p.diags = planner.New(s.want, state, opts)
		return p
	})
	return made.plan, made.diags, err
}

// bytesOf is how many bytes a step carries from one place to another, 0 when nobody knows.
func (s *session) bytesOf(step *plan.Step) int64 {
	from, of := s.live, lxd.VolumeID{}
	switch action := step.Action.(type) {
	case plan.MoveVolume:
		of = action.Volume
	case plan.CopyVolume:
		of = action.Volume
		if action.Remote != "" {
			from = s.opts.Remotes[action.Remote]
		}
	case plan.MigrateVolume:
		from, of = s.opts.Remotes[action.Remote], action.Volume
	}
	if from == nil || from.Usage[of] == nil {
		return 0
	}
	return max(0, from.Usage[of].Used)
}

// readRemotes reads other servers that volumes may come from.
func (s *session) readRemotes(ctx context.Context, scopes map[string]live.Scope) error {
	s.opts.Remotes = map[string]*live.State{}
	for _, name := range slices.Sorted(maps.Keys(scopes)) {
		client := s.remotes[name]
		if client == nil {
			var err error
			if _, client, err = s.app.connect(name); err != nil {
				if s.want != nil { // it is no saved plan
					if hint := s.want.ColonHint(name); hint != "" {
						err = fmt.Errorf("%w; %s", err, hint)
					}
				}
				return s.fromRemote(name, err)
			}
			s.remotes[name] = client
		}
		var err error
		if s.opts.Remotes[name], err = live.Read(ctx, client, scopes[name]); err != nil {
			return s.fromRemote(name, err)
		}
		s.app.secrets.Add(planner.SecretsOn(s.opts.Remotes[name], s.want)...)
	}
	return nil
}

// load reads the spec and prints what is wrong with it. It fails when the spec cannot be used.
func (a *app) load(ctx context.Context, paths []string, flags specFlags) (*spec.Spec, error) {
	return a.loadWith(ctx, paths, flags, flags.loadOptions(a))
}

// loadWith is load with options that say more than the flags.
func (a *app) loadWith(ctx context.Context, paths []string, flags specFlags, opts spec.Options) (*spec.Spec, error) {
	type result struct {
		want  *spec.Spec
		diags hcl.Diagnostics
	}
	loaded, err := orInterrupted(ctx, func() (l result) {
		l.want, l.diags = spec.Load(paths, opts)
		return l
	})
	if err != nil {
		return nil, err
	}
	collectMuch()
	a.secrets.Add(loaded.want.Secrets.Values()...)
	a.gaveUp = a.gaveUp || spec.GaveUp(loaded.diags)
	if flags.strict {
		loaded.diags = strict(loaded.diags)
	}
	return loaded.want, a.report(loaded.want, loaded.diags)
}

// collectMuch collects what is free again after a part of the work, when it may be much. Go itself waits until that is as much as what is
// in use, which of 100,000 volumes is 80 MB; a collection takes some hundredths of a second.
func collectMuch() {
	const much = 32 << 20
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	if metrics.Read(heap); heap[0].Value.Uint64() > much {
		runtime.GC()
	}
}

// report prints diagnostics about a spec. It fails when there are errors among them.
func (a *app) report(want *spec.Spec, diags hcl.Diagnostics) error {
	if len(diags) > 0 {
		a.reported.Add(want, diags)
		if a.held != nil {
			a.held.add(want, diags)
		} else if err := want.WriteDiagnostics(a.messages().laidOut(), diags, a.columns(a.Stderr), a.painter(a.Stderr)); err != nil {
			return err
		}
	}
	if diags.HasErrors() {
		return exitCode(exitError)
	}
	return nil
}
