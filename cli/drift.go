package cli

import (
	"github.com/spf13/cobra"
)

func (a *app) driftCommand() *cobra.Command {
	var flags planFlags
	var output planOutput
	cmd := &cobra.Command{
		Use:   "drift [PATH…]",
		Short: "Tell whether the server is as the spec says, for schedulers",
		Long: `Read the server and show where it differs from the spec. Nothing is changed.

Drift is each step that a plan would have, what would block it, what belongs to the spec and is no longer declared, what is in a pool
with exclusive = true and never was the spec's, and a move that is half done. A spec that declares nothing is an error.

Exit code: 0 for no drift, 2 for drift, 1 for an error, 5 when a server cannot be reached or does not answer.`,
		Example: `  tarn drift storage.hcl
  tarn drift --json storage.hcl > drift.json
  tarn --remote sim:server.json drift --brief storage.hcl`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			plan, err := a.showPlan(cmd.Context(), paths, &flags, &output, true)
			if err != nil {
				return err
			}
			if plan.Drifted() {
				return exitCode(exitChanges)
			}
			return nil
		},
	}
	flags.register(a, cmd)
	output.register(cmd)
	return cmd
}
