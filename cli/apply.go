package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
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
Steps that destroy data need a second yes. Without a terminal to ask, --auto-approve covers them
only together with --allow-delete.

Exit code: 0, 1 when something failed, 3 when a guard does not let the plan through, 4 when a saved plan
is stale, 5 when a server cannot be reached or does not answer.`,
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
	if err != nil {
		err = flags.failed(a, err)
	} else {
		err = a.showAndAsk(planning, plan, flags)
	}
	cancel()
	if err != nil || plan.Empty() {
		return err
	}
	return a.carryOut(ctx, s, plan, flags, s.compareWithSpec)
}

// failed tells programs why an apply ends before its plan is shown, and gives the error that it was.
func (f *applyFlags) failed(a *app, err error) error {
	if !f.json || errors.Is(err, exitCode(exitStale)) { // that is told already
		return err
	}
	return a.writeErrorEvent(err)
}

// showAndAsk shows a plan and asks whether it is to be carried out. It fails when it is not.
func (a *app) showAndAsk(ctx context.Context, plan *plan.Plan, flags *applyFlags) error {
	if plan.Made.At.IsZero() { // it was not saved
		plan.Made, plan.Diagnostics = a.made(), a.diagnostics()
	}
	if flags.json {
		if err := a.writeEvent(planEvent(plan)); err != nil {
			return notShown(err)
		}
	} else {
		opts := a.textOptions()
		opts.Brief = flags.brief
		if err := a.show(func(w io.Writer) error { return plan.WriteText(w, opts) }); err != nil {
			return notShown(err)
		}
	}
	switch {
	case len(plan.Blockers) > 0:
		return exitCode(exitBlocked)
	case plan.Empty() && flags.json:
		converged := true
		return a.writeEvent(endLine{Event: "end", Converged: &converged}, nil)
	case plan.Empty():
		return nil
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
func (a *app) carryOut(ctx context.Context, s *session, plan *plan.Plan, flags *applyFlags, check func(context.Context) (checkResult, error)) error {
	reporter := a.reporter(plan, flags)
	a.interrupts.say(errStepsLeft)
	working, stop, done := a.stoppable(ctx, reporter.notice)
	start := time.Now()
	report := applier.Apply(working, s.client, plan, applier.Options{
		Parallelism: flags.parallelism, Remotes: s.remotes, Stop: stop, Events: reporter.event,
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
	if flags.detailed {
		return exitCode(exitChanges)
	}
	return nil
}

// approve asks for what the flags do not cover.
func (a *app) approve(ctx context.Context, p *plan.Plan, flags *applyFlags) error {
	questions, err := flags.questions(p, isTerminal(a.Stdin))
	if err != nil {
		return err
	}
	input := bufio.NewReader(a.Stdin)
	for _, question := range questions {
		if err := a.ask(ctx, input, question); err != nil {
			return err
		}
	}
	if !flags.json {
		fmt.Fprintln(a.text())
	}
	return nil
}

// questions are those that have to be answered with yes before a plan is carried out. It fails when there are some, and no
// terminal to ask.
func (f *applyFlags) questions(p *plan.Plan, terminal bool) ([]string, error) {
	terminal = terminal && !f.json
	var questions []string
	if !f.autoApprove {
		if !terminal {
			return nil, errors.New("apply asks before it changes anything, and there is no terminal to ask: use --auto-approve")
		}
		questions = append(questions, fmt.Sprintf("\nCarry out %s? Type yes to go on: ", theseSteps(len(p.Steps))))
	}
	destroying := 0
	for _, step := range p.Steps {
		if step.Class == plan.DestroysData {
			destroying++
		}
	}
	if destroying > 0 && !(f.autoApprove && f.allowDelete) {
		if !terminal {
			return nil, fmt.Errorf("the plan destroys data in %s, and there is no terminal to ask: --auto-approve covers that only with --allow-delete",
				quantity(destroying, "step"))
		}
		questions = append(questions, destroyed(p)+"Data is destroyed for good. Type yes once more: ")
	}
	return questions, nil
}

// destroyed lists the steps that destroy data, for a last look; not more than fit.
func destroyed(p *plan.Plan) string {
	const most = 10
	var text strings.Builder
	n := 0
	for i := range p.Steps {
		step := &p.Steps[i]
		if step.Class != plan.DestroysData {
			continue
		}
		if n++; n <= most {
			fmt.Fprintf(&text, "%s: %s\n", step.Line(plan.TextOptions{}), step.Consequence())
		}
	}
	if n > most {
		fmt.Fprintf(&text, "    and %d more\n", n-most)
	}
	return text.String()
}

// ask puts a question and takes nothing but yes for a yes.
func (a *app) ask(ctx context.Context, input *bufio.Reader, question string) error {
	if _, err := fmt.Fprint(a.text(), question); err != nil {
		return fmt.Errorf("nobody could be asked, so nothing was done: %w", err)
	}
	a.text().flush()
	type reply struct {
		text string
		err  error
	}
	replies := make(chan reply, 1)
	go func() {
		text, err := input.ReadString('\n')
		replies <- reply{text, err}
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(a.text())
		return context.Cause(ctx)
	case r := <-replies:
		if r.err != nil && !errors.Is(r.err, io.EOF) {
			return fmt.Errorf("no answer came, so nothing was done: %w", r.err)
		}
		if r.err != nil {
			fmt.Fprintln(a.text()) // the answer ended without a line feed
		}
		if strings.TrimSpace(r.text) != "yes" {
			return errors.New("not confirmed, only \"yes\" is; nothing was done")
		}
	}
	return nil
}

func theseSteps(n int) string {
	if n == 1 {
		return "this step"
	}
	return fmt.Sprintf("these %d steps", n)
}
