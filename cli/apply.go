package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"tarn/applier"
	"tarn/cli/paint"
	"tarn/planner/plan"
)

// applyFlags are the flags of apply alone.
type applyFlags struct {
	planFlags
	parallelism int
	autoApprove bool
	allowDelete bool
	noDelete    bool
	detailed    bool
	json        bool
	brief       bool
	specs       []string
}

func (a *app) applyCommand() *cobra.Command {
	var flags applyFlags
	cmd := &cobra.Command{
		Use:   "apply [PATH… | PLANFILE]",
		Short: "Bring the server to what the spec says",
		Long: `Plan, show the plan, ask, and carry it out. Afterwards the server is read again and compared.

A PLANFILE from "tarn plan --out" is carried out as it is, unless something that it touches has changed
since. It holds no secret values: where it sets some, name its spec with --spec.

A step that fails stops only the steps that need it; running apply again goes on from there.
Steps that destroy data need a second yes; who does not give it is offered the rest. Without a terminal
to ask, --auto-approve covers them only together with --allow-delete. With --no-delete they are left out,
and so is what needs them.

Exit code: 0, 1 when something failed, 2 with --detailed-exitcode when something was done, 3 when a guard
does not let the plan through, 4 when a saved plan is stale, 5 when a server cannot be reached or does
not answer.`,
		Example: `  tarn apply storage.hcl
  tarn apply --auto-approve --no-delete storage.hcl
  tarn apply plan.json`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			a.changesServer = true
			a.interrupts.say(errNothingDone)
			if flags.json && !flags.autoApprove {
				return errors.New("apply --json does not ask: use it with --auto-approve")
			}
			if flags.parallelism < 1 {
				return fmt.Errorf("--parallelism is a number from 1 up, not %d", flags.parallelism)
			}
			plan, err := readPlanFile(paths, len(flags.specs) > 0)
			switch {
			case err != nil:
				return flags.failed(a, err)
			case plan != nil:
				return a.applySaved(cmd.Context(), paths[0], plan, &flags)
			}
			return a.apply(cmd.Context(), paths, &flags)
		},
	}
	flags.register(a, cmd)
	cmd.Flags().StringArrayVar(&flags.specs, "spec", nil, "with a saved plan: the spec at `PATH` has its secret values; may be given more than once")
	cmd.Flags().IntVar(&flags.parallelism, "parallelism", 4, "how many steps run at a time")
	cmd.Flags().BoolVar(&flags.json, "json", false, "write what happens as JSON, one event per line, and ask nothing: needs --auto-approve")
	cmd.Flags().BoolVar(&flags.brief, "brief", false, "show the plan with one line for each step")
	cmd.Flags().BoolVar(&flags.autoApprove, "auto-approve", false, "do not ask")
	cmd.Flags().BoolVar(&flags.allowDelete, "allow-delete", false, "with --auto-approve: do not ask before data is destroyed either")
	cmd.Flags().BoolVar(&flags.noDelete, "no-delete", false, "leave out the steps that destroy data, and what needs them")
	cmd.MarkFlagsMutuallyExclusive("no-delete", "allow-delete")
	cmd.Flags().BoolVar(&flags.detailed, "detailed-exitcode", false, "exit with 2 when something was done")
	cmd.MarkFlagsMutuallyExclusive("json", "brief")
	return cmd
}

func (a *app) apply(ctx context.Context, paths []string, flags *applyFlags) error {
	planning, cancel := a.cancellable(ctx)
	defer cancel()
	s, err := a.open(planning, paths, &flags.planFlags)
	if err != nil {
		return flags.failed(a, err)
	}
	defer s.close()

	plan, err := s.plan(planning, true)
	var leftOut map[int]string
	if err != nil {
		err = flags.failed(a, err)
	} else {
		leftOut, err = a.showAndAsk(planning, plan, flags)
	}
	cancel()
	if err != nil || plan.Empty() {
		return err
	}
	return a.carryOut(ctx, s, plan, leftOut, flags, func(ctx context.Context) (checkResult, error) { return s.compareWithSpec(ctx, len(leftOut) > 0) })
}

// failed tells programs why an apply ends before its plan is shown, and gives the error that it was.
func (f *applyFlags) failed(a *app, err error) error {
	if !f.json || errors.Is(err, exitCode(exitStale)) { // that is told already
		return err
	}
	return a.writeErrorEvent(err)
}

// showAndAsk shows a plan and asks whether it is to be carried out. It fails when it is not, and gives the steps that are left out.
func (a *app) showAndAsk(ctx context.Context, plan *plan.Plan, flags *applyFlags) (leftOut map[int]string, err error) {
	if plan.Made.At.IsZero() { // it was not saved
		plan.Made, plan.Diagnostics = a.made(), a.diagnostics()
	}
	if flags.json {
		if err := a.writeEvent(planEvent(plan)); err != nil {
			return nil, notShown(err)
		}
	} else {
		opts := a.textOptions()
		opts.Brief = flags.brief
		if err := a.show(func(w io.Writer) error { return plan.WriteText(w, opts) }); err != nil {
			return nil, notShown(err)
		}
	}
	switch {
	case len(plan.Blockers) > 0:
		return nil, exitCode(exitBlocked)
	case plan.Empty() && flags.json:
		converged := true
		return nil, a.writeEvent(endLine{Event: "end", Converged: &converged}, nil)
	case plan.Empty():
		return nil, nil
	}
	if a.paged && !flags.autoApprove { // it may have gone with the pager
		fmt.Fprintf(a.text(), "\n%s\n", a.painter(a.Stdout).Paint(paint.Strong, plan.Summary()))
	}
	return a.approve(ctx, plan, flags)
}

func notShown(err error) error {
	return fmt.Errorf("the plan could not be shown, so nothing was done: %w", err)
}

// carryOut applies a plan. check looks at the server after the last step.
func (a *app) carryOut(ctx context.Context, s *session, plan *plan.Plan, leftOut map[int]string, flags *applyFlags, check func(context.Context) (checkResult, error)) error {
	reporter := a.reporter(plan, flags, s.bytesOf)
	a.interrupts.say(errStepsLeft)
	working, stop, done := a.stoppable(ctx, reporter.notice)
	start := time.Now()
	report := applier.Apply(working, s.client, plan, applier.Options{
		Parallelism: flags.parallelism, Remotes: s.remotes, Stop: stop, Events: reporter.event, LeaveOut: leftOut,
	})
	a.interrupts.say(errStepsEnded)
	done()
	reading, cancel := a.cancellable(ctx)
	defer cancel()
	select {
	case <-stop: // during the last steps
		check = func(context.Context) (checkResult, error) { return checkResult{}, errInterrupted }
	default:
	}
	if err := endApply(reading, reporter, countOutcomes(report, time.Since(start)), check); err != nil {
		return err
	}
	if flags.detailed && report.Count(applier.Done) > 0 {
		return exitCode(exitChanges)
	}
	return nil
}
