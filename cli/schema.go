package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"tarn/cli/paint"
	"tarn/lxd/schema"
	"tarn/planner/plan"
)

func (a *app) schemaCommand() *cobra.Command {
	var asJSON, p bool
	cmd := &cobra.Command{
		Use:   "schema [DRIVER]",
		Short: "Show the config keys of a storage driver",
		Long: `Show the config keys that pools and volumes of a storage driver can have, with types, defaults and what is
special about them. Without a driver the drivers are listed. Nothing is asked of any server.

With --plan: the JSON Schema of what "tarn plan --json" writes.`,
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: schema.Drivers(),
		RunE: func(_ *cobra.Command, args []string) error {
			if p {
				if len(args) > 0 || asJSON {
					return errors.New("--plan goes with nothing else")
				}
				_, err := fmt.Fprint(a.Stdout, plan.JSONSchema)
				return err
			}
			names := schema.Drivers()
			shown := names
			if len(args) == 1 {
				shown = args
			}
			var drivers []*schema.Driver
			for _, name := range shown {
				driver, ok := schema.Lookup(name)
				if !ok {
					return errors.New(schema.NoSuch(fmt.Sprintf("there is no driver %q", name), name, names))
				}
				drivers = append(drivers, driver)
			}
			opts := schema.TextOptions{Width: width(a.Stdout), Strong: func(text string) string { return a.painter(a.Stdout).Paint(paint.Strong, text) }}
			switch {
			case asJSON:
				return schema.WriteJSON(a.Stdout, drivers)
			case len(args) == 0:
				return schema.WriteDrivers(a.Stdout, opts)
			}
			return drivers[0].WriteText(a.Stdout, opts)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "write JSON; without a driver, all of them with their keys")
	cmd.Flags().BoolVar(&p, "plan", false, "print the JSON Schema of plans")
	return cmd
}
