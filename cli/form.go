package cli

import (
	"context"

	"github.com/spf13/cobra"

	"tarn/planner"
)

// planForm is how a plan is written: as text, or as the flags ask.
type planForm struct {
	json, markdown bool
}

func (f *planForm) register(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.json, "json", false, "write the plan as JSON")
	cmd.Flags().BoolVar(&f.markdown, "markdown", false, "write the plan for a merge request")
	cmd.MarkFlagsMutuallyExclusive("json", "markdown")
}

func (f *planForm) write(a *app, plan *planner.Plan, drift bool) error {
	opts := planner.TextOptions{Colour: a.colourOn(a.Stdout), Drift: drift}
	switch {
	case f.json:
		return plan.WriteJSON(a.Stdout)
	case f.markdown:
		return plan.WriteMarkdown(a.Stdout, opts)
	}
	return plan.WriteText(a.Stdout, opts)
}

// showPlan loads the spec, reads the server, and writes the plan.
func (a *app) showPlan(ctx context.Context, paths []string, flags *planFlags, form *planForm, drift bool) (*planner.Plan, error) {
	s, err := a.open(paths, flags)
	if err != nil {
		return nil, err
	}
	defer s.close()
	ctx, cancel := a.cancellable(ctx)
	defer cancel()
	plan, err := s.plan(ctx, true)
	if err != nil {
		return nil, err
	}
	return plan, form.write(a, plan, drift)
}
