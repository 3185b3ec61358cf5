package cli

import (
	"github.com/spf13/cobra"
)

func (a *app) planCommand() *cobra.Command {
	var flags planFlags
	var output planOutput
	var detailed bool
	cmd := &cobra.Command{
		Use:   "plan [PATH…]",
		Short: "Show what apply would do",
		Long: `Read the server, compare it with the spec and show the steps that make the difference. Nothing is changed.

With --rehearse the plan is carried out on a simulated server that holds what the real one holds, step by step, and the
spec is planned there again: what a server would refuse is found before anything is done. The real one is only read.

Exit code: 0, 1 for an error or a rehearsal that did not go well, 2 with --detailed-exitcode when there is something to do,
3 when a guard would not let the plan through, 5 when a server cannot be reached or does not answer.`,
		Example: `  tarn plan storage.hcl
  tarn plan --only fast/pgdata --brief
  tarn plan --rehearse --out plan.json`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			plan, err := a.showPlan(cmd.Context(), paths, &flags, &output)
			if err != nil {
				return err
			}
			switch {
			case len(plan.Blockers) > 0:
				return exitCode(exitBlocked)
			case plan.Rehearsal != nil && !plan.Rehearsal.Passed():
				return exitCode(exitError)
			case detailed && !plan.Empty():
				return exitCode(exitChanges)
			}
			return nil
		},
	}
	flags.register(a, cmd)
	output.register(cmd)
	cmd.Flags().BoolVar(&output.rehearse, "rehearse", false, "carry the plan out on a simulator that holds what the server holds")
	cmd.Flags().StringVar(&output.out.path, "out", "", "save the plan in a `FILE` for apply; a plan that a guard does not let through is not saved")
	cmd.Flags().BoolVar(&detailed, "detailed-exitcode", false, "exit with 2 when there are steps to do; what the spec no longer declares is none without --prune")
	return cmd
}
