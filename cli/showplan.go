package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tarn/lxd"
	"tarn/planner/plan"
)

// planOutput are the flags that say how a plan is written, by the commands that show one.
type planOutput struct {
	json, markdown bool
	brief          bool
	unmanaged      bool
	out            outFile
	rehearse       bool // on a simulator first
	cmd            *cobra.Command
}

func (f *planOutput) register(cmd *cobra.Command) {
	f.cmd = cmd
	cmd.Flags().BoolVar(&f.json, "json", false, "write the plan as JSON")
	cmd.Flags().BoolVar(&f.markdown, "markdown", false, "write the plan for a merge request")
	cmd.Flags().BoolVar(&f.brief, "brief", false, "one line for each step")
	cmd.Flags().BoolVar(&f.unmanaged, "show-unmanaged", false, "list the pools and volumes that the spec does not name, with what uses them")
	cmd.MarkFlagsMutuallyExclusive("json", "markdown")
	cmd.MarkFlagsMutuallyExclusive("json", "brief")
	cmd.MarkFlagsMutuallyExclusive("only", "show-unmanaged")
	cmd.MarkFlagsMutuallyExclusive("exclude", "show-unmanaged")
}

// document is what is shown in each form that an output may have: a plan, what a check has found, what several have.
type document interface {
	WriteText(w io.Writer, opts plan.TextOptions) error
	WriteMarkdown(w io.Writer, opts plan.TextOptions) error
	WriteJSON(w io.Writer) error
}

// write writes a document in the form that was asked for.
func (f *planOutput) write(a *app, shown document) error {
	opts := a.textOptions()
	opts.Brief = f.brief
	switch {
	case f.json:
		return shown.WriteJSON(jsonOut{a.Stdout})
	case f.markdown:
		return shown.WriteMarkdown(a.Stdout, opts)
	}
	return a.show(func(w io.Writer) error { return shown.WriteText(w, opts) })
}

// save writes the plan to the file that --out names. A plan that may not be carried out is not saved.
func (f *planOutput) save(a *app, plan *plan.Plan) error {
	switch {
	case f.out.path == "":
		return nil
	case len(plan.Blockers) > 0:
		fmt.Fprintf(a.messages(), "tarn: %s is not written: the plan is blocked\n", f.out.path)
		f.tellCleared(a)
		return nil
	case plan.Rehearsal != nil && !plan.Rehearsal.Passed():
		fmt.Fprintf(a.messages(), "tarn: %s is not written: the rehearsal did not go well\n", f.out.path)
		f.tellCleared(a)
		return nil
	}
	if err := a.interrupts.whole(func() error { return savePlan(plan, f.out.path) }); err != nil {
		f.tellCleared(a)
		return err
	}
	if f.json || f.markdown {
		return nil
	}
	text := fmt.Sprintf("\nSaved in %s. To carry out just that: tarn apply %s", lxd.PlainLine(f.out.path), lxd.ShellPath(f.out.path))
	if len(plan.SecretSteps()) > 0 {
		text += " --spec PATH, as the file holds no secret values"
	}
	_, err := fmt.Fprintln(a.text(), text)
	return err
}

// showPlan loads the spec, reads the server, and writes the plan, or why there is none.
func (a *app) showPlan(ctx context.Context, paths []string, flags *planFlags, output *planOutput) (*plan.Plan, error) {
	err := a.interrupts.whole(output.prepareOut)
	var plan *plan.Plan
	if err == nil {
		plan, err = a.makePlan(ctx, paths, flags, output)
	}
	if err != nil {
		output.tellCleared(a)
		return nil, output.writeFailure(a, err)
	}
	if err := output.write(a, plan); err != nil && !readerLeft(err) { // what it comes to is an exit code besides
		output.tellCleared(a)
		return nil, err
	}
	return plan, output.save(a, plan)
}

// makePlan loads the spec, reads the server and plans.
func (a *app) makePlan(ctx context.Context, paths []string, flags *planFlags, output *planOutput) (*plan.Plan, error) {
	ctx, cancel := a.cancellable(ctx)
	defer cancel()
	s, err := a.open(ctx, paths, flags)
	if err != nil {
		return nil, err
	}
	defer s.close()
	s.opts.ShowUnmanaged = output.unmanaged
	plan, err := s.plan(ctx, true)
	if err == nil {
		plan.Made, plan.Diagnostics = a.made(), a.diagnostics()
	}
	if err == nil && output.rehearse {
		plan.Rehearsal, err = s.rehearse(ctx, plan)
	}
	return plan, err
}
