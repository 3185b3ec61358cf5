package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tarn/cli/paint"
	"tarn/lxd/schema"
	"tarn/planner/plan"
	"tarn/spec"
)

func (a *app) schemaCommand() *cobra.Command {
	var asJSON, p bool
	cmd := &cobra.Command{
		Use:   "schema [DRIVER or BLOCK]",
		Short: "Show the config keys of a storage driver, or the attributes of a block",
		Long: `Show the config keys that pools and volumes of a storage driver can have, with types, defaults and what is
special about them; or the attributes of a block of the spec, such as pool or volume. Without a name the drivers
are listed. Nothing is asked of any server.

With --plan: the JSON Schema of what "tarn plan --json" writes.`,
		Example: `  tarn schema
  tarn schema zfs
  tarn schema volume --json`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return append(schema.Drivers(), spec.BlockNames()...), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if p {
				if len(args) > 0 || asJSON {
					return errors.New("--plan goes with nothing else")
				}
				_, err := fmt.Fprint(a.Stdout, plan.JSONSchema)
				return err
			}
			if len(args) == 1 && slices.Contains(spec.BlockNames(), args[0]) {
				if asJSON {
					return spec.WriteBlockJSON(a.Stdout, args[0])
				}
				return a.show(func(w io.Writer) error { return spec.WriteBlock(w, args[0], a.schemaText()) })
			}
			drivers, err := driversNamed(args)
			if err != nil {
				return err
			}
			switch {
			case asJSON:
				return schema.WriteJSON(a.Stdout, drivers)
			case len(args) == 0:
				return a.show(func(w io.Writer) error { return schema.WriteDrivers(w, a.schemaText()) })
			}
			return a.show(func(w io.Writer) error { return drivers[0].WriteText(w, a.schemaText()) })
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "write JSON; without a driver, all of them with their keys")
	cmd.Flags().BoolVar(&p, "plan", false, "print the JSON Schema of plans")
	return cmd
}

// schemaText is how a reference is laid out on standard output.
func (a *app) schemaText() schema.TextOptions {
	return schema.TextOptions{Width: a.columns(a.Stdout), Strong: func(text string) string { return a.painter(a.Stdout).Paint(paint.Strong, text) }}
}

// driversNamed gives the drivers of these names, all without any.
func driversNamed(names []string) ([]*schema.Driver, error) {
	if len(names) == 0 {
		names = schema.Drivers()
	}
	var drivers []*schema.Driver
	for _, name := range names {
		driver, ok := schema.Lookup(name)
		if !ok {
			return nil, unknownDriverOrBlock(name)
		}
		drivers = append(drivers, driver)
	}
	return drivers, nil
}

// unknownDriverOrBlock suggests drivers and blocks, but lists the drivers alone.
func unknownDriverOrBlock(name string) error {
	names := schema.Drivers()
	if all := append(schema.Drivers(), spec.BlockNames()...); len(schema.Suggest(name, all)) > 0 {
		names = all
	}
	missing := fmt.Sprintf("there is no driver %q", name)
	if key := strings.TrimPrefix(name, "volume."); spec.IsConfigKey(key) {
		return fmt.Errorf("%s: it is a config key, which the page of a driver has, such as tarn schema zfs", missing)
	}
	return errors.New(schema.NoSuch(missing, name, names))
}
