package cli

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"tarn/lxd/secrets"
	"tarn/planner/drift"
	"tarn/planner/plan"
	"tarn/spec"
)

// mostChecks is how many checks run side by side: what a server takes of a connection and a machine of memory is little, and a thousand
// servers at once would be more than either has.
const mostChecks = 16

// driftCheck is a spec and a server that are to be compared, and how that went.
type driftCheck struct {
	drift.Check
	app  *app
	want *spec.Spec // nil when it could not be loaded
	err  error      // why there is no plan

	oneOfSeveral bool // what --only and --exclude name may be another's
}

// driftChecks loads the specs and gives each with each of the servers. What is wrong with one of them is in its checks; an error is about
// all. When it was interrupted there are all checks besides, of which those that were not loaded have failed.
func (a *app) driftChecks(ctx context.Context, paths []string, flags *driftFlags) ([]*driftCheck, error) {
	if err := refuseSavedPlans(paths); err != nil {
		return nil, err
	}
	if flags.maxDeletes < 0 {
		return nil, flags.badMaxDeletes()
	}
	if err := flags.checkPaths(a, paths); err != nil {
		return nil, err
	}
	each := flags.each
	if flags.recursive {
		found, diags := findDirs(paths)
		if err := a.report(&spec.Spec{}, diags); err != nil {
			return nil, err
		}
		if paths = found; each == "" {
			each = "dir"
		}
	}
	specs, err := splitSpecs(paths, each)
	if err != nil {
		return nil, err
	}
	if flags.recursive && len(paths) == 0 {
		return nil, errors.New("no directory there has a spec")
	}
	var remotes []string
	for _, remote := range flags.remotes {
		if !slices.Contains(remotes, remote) { // else metrics and results of tests would have two of one name
			remotes = append(remotes, remote)
		}
	}
	if len(remotes) == 0 {
		remotes = []string{""}
	}
	opts := flags.loadOptions(a)
	opts.Shared = len(specs) > 1
	var checks []*driftCheck
	var loaded []*spec.Spec
	for _, paths := range specs {
		reader := a.part("")
		reader.held = nil
		var want *spec.Spec
		err := errNotRead
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		} else if !a.gaveUp {
			want, err = reader.loadWith(ctx, paths, flags.specFlags, opts)
			a.gaveUp = reader.gaveUp
		}
		if want != nil {
			loaded = append(loaded, want)
		}
		for _, remote := range remotes {
			c := &driftCheck{app: a.part(remote), want: want, err: err}
			c.app.reported.Add(&spec.Spec{}, nil)
			c.app.reported.Diagnostics = append(c.app.reported.Diagnostics, reader.reported.Diagnostics...)
			c.Spec, c.Paths, c.Remote = specName(paths), slices.Compact(slices.Clone(paths)), remote
			if c.Remote == "" && want != nil {
				c.Remote = want.Settings.Remote
			}
			c.Remote = secrets.Address(c.Remote)
			checks = append(checks, c)
		}
	}
	if ctx.Err() != nil {
		return checks, context.Cause(ctx)
	}
	if opts.Shared {
		if err := a.report(&spec.Spec{}, spec.UndeclaredByAll(loaded)); err != nil {
			return nil, err
		}
	}
	return checks, nil
}

var errNotRead = errors.New("not read, because the reading of another spec was given up")

// runChecks makes all checks, some at a time. The error is that they were broken off.
func (a *app) runChecks(ctx context.Context, checks []*driftCheck, flags *planFlags, output *planOutput, failOn []drift.Kind) error {
	single := len(checks) == 1
	begun := make(chan struct{}, mostChecks)
	var wait sync.WaitGroup
	var fault sync.Once
	var faulty any
	for _, c := range checks {
		if single {
			c.app.held = nil
		} else {
			c.app.about = cmp.Or(c.Remote, "local") + ": "
		}
		begun <- struct{}{}
		wait.Go(func() {
			defer func() {
				if f := recover(); f != nil {
					fault.Do(func() { faulty = f })
				}
				<-begun
			}()
			c.run(ctx, flags, output, failOn)
		})
	}
	wait.Wait()
	if faulty != nil {
		panic(faulty)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// run makes the check. It ends soon after ctx does.
func (c *driftCheck) run(ctx context.Context, flags *planFlags, output *planOutput, failOn []drift.Kind) {
	started := time.Now()
	var made *plan.Plan
	if c.err == nil {
		c.Started = c.app.made().At
		made, c.err = c.plan(ctx, flags, output)
		c.Took = time.Since(started)
	}
	c.Requests = int(c.app.requests.Load())
	if c.err != nil {
		c.fail()
		return
	}
	c.Diagnostics = c.app.diagnostics()
	c.Of(made, failOn)
}

// fail says why there is no plan.
func (c *driftCheck) fail() {
	c.Diagnostics = c.app.diagnostics()
	failure := c.app.failureOf(c.err)
	c.BrokenOff = errors.Is(c.err, errInterrupted)
	c.Reason, c.Error = failure.Code, failure.Text
	switch failure.Code {
	case plan.WrongSpec:
		c.Status = drift.Invalid
	case plan.NoServer:
		c.Status = drift.Unreachable
	default:
		c.Status = drift.Failed
	}
}

// plan reads the server and plans.
func (c *driftCheck) plan(ctx context.Context, flags *planFlags, output *planOutput) (*plan.Plan, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	s, err := c.app.openFor(c.want, flags)
	if err != nil {
		return nil, err
	}
	defer s.close()
	c.Remote = secrets.Address(s.opts.Remote)
	if len(s.want.Pools) == 0 && s.want.Settings.Owner == "" {
		return nil, errors.New("the spec declares nothing, so there is nothing that a server could differ in")
	}
	s.opts.ShowUnmanaged, s.opts.OneOfSeveral = output.unmanaged, c.oneOfSeveral
	made, err := s.plan(ctx, true)
	if err == nil {
		made.Made, made.Diagnostics = c.app.made(), c.app.diagnostics()
		if showsPools(flags.cmd) {
			c.Pools = s.pools(ctx)
		}
	}
	return made, err
}
