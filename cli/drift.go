package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tarn/lxd/secrets"
	"tarn/planner/drift"
)

// driftFlags are those of the command drift.
type driftFlags struct {
	planFlags
	remotes   []string
	each      string
	recursive bool
	failOn    []string
	outputs   []driftOutput
}

// driftOutput is something that drift writes besides what it shows.
type driftOutput interface {
	register(cmd *cobra.Command)

	// prepare looks whether the file may be written, before anything is read of a server.
	prepare() error

	// annotate adds to a run what is known from elsewhere, before anything is written or shown. It may ask for nothing.
	annotate(ctx context.Context, a *app, run *drift.Run) error

	// write writes the file, before anything is shown. It does so for every run, whatever was found, and also when a signal has ended it.
	write(a *app, run *drift.Run) error
}

// driftOutputs are all. Each is annotated, and then written, in this order.
func driftOutputs() []driftOutput {
	return []driftOutput{&driftHistory{}, &driftMetrics{}, &driftJUnit{}, &pageOutput{}}
}

func (a *app) driftCommand() *cobra.Command {
	flags := driftFlags{outputs: driftOutputs()}
	var output planOutput
	cmd := &cobra.Command{
		Use:   "drift [PATH…]",
		Short: "Tell whether servers are as specs say, for schedulers",
		Long: `Read servers and show where they differ from their specs. Nothing is changed.

Drift is each step that a plan would have, what would block it, what belongs to the spec and is no longer declared, what is in a pool
with exclusive = true and never was the spec's, and a move that is half done. What a block acknowledge of the spec covers is listed
apart and does not count. A spec that declares nothing is an error.

With --remote more than once each spec is compared with each of these servers; --each and --recursive take several specs. All are read
side by side, and one that cannot be reached hides nothing of the others. There is a line for each, and below what was found.

Exit code: 0 for no drift, 2 for drift, 5 when a server cannot be reached or does not answer, 1 for an error; of several the worst,
which is 1, then 5, then 2. "tarn help fleets" says more.`,
		Example: `  tarn drift storage.hcl
  tarn drift --remote prod --remote lab --json storage.hcl > drift.json
  tarn drift --recursive --fail-on changes,orphans teams`,
		RunE: func(cmd *cobra.Command, paths []string) error { return a.drift(cmd.Context(), paths, &flags, &output) },
	}
	flags.register(a, cmd)
	output.register(cmd)
	cmd.Flags().StringArrayVar(&flags.remotes, "remote", nil, cmdRemote+"; may be given more than once, for several servers")
	cmd.Flags().StringVar(&flags.each, "each", "", "what is a spec of its own: `dir` or file (default: all paths are one spec)")
	cmd.Flags().BoolVar(&flags.recursive, "recursive", false, "each directory below those that are named is a spec of its own")
	cmd.Flags().StringSliceVar(&flags.failOn, "fail-on", nil, "what counts as drift, some of `changes,orphans,unmanaged` (default: all)")
	_ = cmd.RegisterFlagCompletionFunc("remote", a.completeRemotes)
	for _, out := range flags.outputs {
		out.register(cmd)
	}
	return cmd
}

// failOnWords are the values of --fail-on.
var failOnWords = map[string][]drift.Kind{
	"changes":   {drift.ChangeKind, drift.BlockedKind, drift.UnfinishedKind},
	"orphans":   {drift.OrphanKind},
	"unmanaged": {drift.UnmanagedKind},
}

// kinds are those that count, nil for all.
func (f *driftFlags) kinds() ([]drift.Kind, error) {
	var kinds []drift.Kind
	for _, word := range f.failOn {
		named, ok := failOnWords[word]
		if !ok {
			return nil, notOneOf("fail-on", word, []string{"changes", "orphans", "unmanaged"})
		}
		kinds = append(kinds, named...)
	}
	return kinds, nil
}

// drift compares and shows.
func (a *app) drift(ctx context.Context, paths []string, flags *driftFlags, output *planOutput) error {
	failOn, err := flags.kinds()
	if err != nil {
		return err
	}
	for _, out := range flags.outputs {
		if err := out.prepare(); err != nil {
			return output.writeFailure(a, err)
		}
	}
	ctx, end := a.cancellable(ctx) // until there is nothing left but to show what was found
	defer end()
	checks, err := a.driftChecks(ctx, paths, flags)
	var broken error // why not all was looked at
	switch {
	case errors.Is(err, errInterrupted):
		for _, c := range checks {
			c.err = err
			c.fail()
		}
		broken = err
	case err != nil:
		return a.endUnchecked(paths, flags, output, failOn, err)
	}
	single := flags.single(checks)
	for _, c := range checks {
		c.oneOfSeveral = !single
	}
	if broken == nil {
		broken = a.runChecks(ctx, checks, &flags.planFlags, output, failOn)
	}
	if broken == nil && !single {
		if checks, err = a.named(checks); err != nil {
			return a.endUnchecked(paths, flags, output, failOn, err)
		}
	}
	run := &drift.Run{Made: a.made(), FailOn: failOn}
	for _, c := range checks {
		run.Checks = append(run.Checks, c.Check)
	}
	failed := a.keepRun(ctx, run, flags)
	if ctx.Err() != nil {
		broken = context.Cause(ctx)
	}
	end()
	if single {
		return a.endSingle(run, checks[0], output, failed, broken)
	}
	return a.endFleet(run, checks, output, failed, broken)
}

// endUnchecked ends a run in which there was nothing to check.
func (a *app) endUnchecked(paths []string, flags *driftFlags, output *planOutput, failOn []drift.Kind, err error) error {
	a.tellErrors(a.writeOutputs(a.nothingChecked(paths, flags, failOn, err), flags))
	return output.writeFailure(a, err)
}

// keepRun writes all files that were asked for, and says of the run what is known of earlier ones. A signal ends nothing of this, but that nobody
// is waited for any more.
func (a *app) keepRun(ctx context.Context, run *drift.Run, flags *driftFlags) (failed []error) {
	hasty, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(endsWithin/2, cancel) })()
	for _, out := range flags.outputs {
		if err := out.annotate(hasty, a, run); err != nil {
			failed = append(failed, err)
		}
	}
	return append(failed, a.writeOutputs(run, flags)...)
}

// nothingChecked is the run that ended with an error before there was anything to check. Whoever reads a file that drift writes shall not meet
// that of an earlier run, on which all was well.
func (a *app) nothingChecked(paths []string, flags *driftFlags, failOn []drift.Kind, err error) *drift.Run {
	c := &driftCheck{app: a, err: err}
	c.Spec, c.Paths = specName(paths), paths
	if len(flags.remotes) == 1 {
		c.Remote = secrets.Address(flags.remotes[0])
	}
	c.fail()
	return &drift.Run{Made: a.made(), FailOn: failOn, Checks: []drift.Check{c.Check}}
}

// single tells whether one spec was compared with one server, and no more was asked for: then all is as plan has it.
func (f *driftFlags) single(checks []*driftCheck) bool {
	return len(checks) == 1 && len(f.remotes) < 2 && f.each == "" && !f.recursive
}

// endSingle shows the check of one spec and one server, as plan would. failed are files that could not be written, broken is why not all was looked at.
func (a *app) endSingle(run *drift.Run, c *driftCheck, output *planOutput, failed []error, broken error) error {
	if broken != nil {
		a.tellErrors(failed)
		return output.writeFailure(c.app, broken)
	}
	if c.err != nil {
		_ = output.writeFailure(c.app, c.err)
	} else if err := output.write(a, &run.Checks[0]); err != nil && !readerLeft(err) { // what it comes to is an exit code besides
		return err
	}
	switch {
	case c.err != nil:
		a.tellErrors(failed)
		return c.err
	case len(failed) > 0:
		a.tellErrors(failed[1:])
		return failed[0]
	case run.Checks[0].Status == drift.Drifted:
		return exitCode(exitChanges)
	}
	return nil
}

// endFleet shows several checks, as endSingle does one.
func (a *app) endFleet(run *drift.Run, checks []*driftCheck, output *planOutput, failed []error, broken error) error {
	for _, c := range checks {
		if c.app.held == nil { // the only one, whose diagnostics are written already
			continue
		}
		if len(c.app.held.all) > 0 && c.Remote != "" {
			fmt.Fprintf(a.messages(), "About %s on %s:\n\n", c.Spec, c.Remote)
		}
		if err := a.writeHeld(c.app.held); err != nil {
			return err
		}
	}
	if err := output.write(a, run); err != nil && !readerLeft(err) {
		return err
	}
	if broken != nil {
		a.tellErrors(failed)
		return broken
	}
	if a.tellErrors(failed); len(failed) > 0 {
		return exitCode(exitError)
	}
	switch run.Worst() {
	case drift.Invalid, drift.Failed:
		return exitCode(exitError)
	case drift.Unreachable:
		return exitCode(exitNoServer)
	case drift.Drifted:
		return exitCode(exitChanges)
	}
	return nil
}

// writeOutputs writes the files that were asked for.
func (a *app) writeOutputs(run *drift.Run, flags *driftFlags) (failed []error) {
	for _, out := range flags.outputs {
		if err := out.write(a, run); err != nil {
			failed = append(failed, err)
		}
	}
	return failed
}

// tellErrors writes errors that are not the last word.
func (a *app) tellErrors(failed []error) {
	for _, err := range failed {
		fmt.Fprintf(a.messages(), "tarn: %s\n", a.forPeople(err.Error()))
	}
}

// specName is what a user calls a spec: its paths.
func specName(paths []string) string {
	if len(paths) == 0 {
		return "."
	}
	return strings.Join(slices.Compact(slices.Clone(paths)), " ")
}
