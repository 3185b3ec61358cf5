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
	"tarn/planner/drift"
	"tarn/planner/plan"
	"tarn/spec"
)

func (a *app) schemaCommand() *cobra.Command {
	var asJSON, p, d bool
	cmd := &cobra.Command{
		Use:   "schema [DRIVER, KEY, BLOCK or FUNCTION]",
		Short: "Explain drivers, config keys, blocks and functions",
		Long: `Show the config keys that pools and volumes of a storage driver can have, with types, defaults and what is
special about them; all that is known of one config key, with an example; the attributes of a block of the spec,
such as pool or volume; or what a function does, "functions" for all. Without a name the drivers are listed.
Nothing is asked of any server.

With --plan: the JSON Schema of what "tarn plan --json" writes.`,
		Example: `  tarn schema zfs
  tarn schema snapshots.schedule
  tarn schema volume --json
  tarn schema merge`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return explained(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if p || d {
				if len(args) > 0 || asJSON || p && d {
					return fmt.Errorf("--%s goes with nothing else", map[bool]string{true: "plan", false: "drift"}[p])
				}
				_, err := fmt.Fprint(a.Stdout, map[bool]string{true: plan.JSONSchema, false: drift.JSONSchema}[p])
				return err
			}
			if len(args) == 0 {
				if asJSON {
					drivers, err := driversNamed(nil)
					if err != nil {
						return err
					}
					return schema.WriteJSON(a.Stdout, drivers)
				}
				return a.show(func(w io.Writer) error { return schema.WriteDrivers(w, a.schemaText()) })
			}
			entry, err := explain(args[0])
			switch {
			case err != nil:
				return err
			case asJSON:
				return entry.json(a.Stdout)
			}
			return a.show(func(w io.Writer) error { return entry.text(w, a.schemaText()) })
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "write JSON; without a name, all drivers with their keys")
	cmd.Flags().BoolVar(&p, "plan", false, "print the JSON Schema of plans")
	cmd.Flags().BoolVar(&d, "drift", false, "print the JSON Schema of what drift finds on several servers; it refers to that of plans")
	return cmd
}

// entry is something that the reference explains.
type entry struct {
	text func(io.Writer, schema.TextOptions) error
	json func(io.Writer) error
}

// allFunctions stands for all functions.
const allFunctions = "functions"

// explained are all names that the reference explains: drivers, blocks, config keys, functions.
func explained() []string {
	return slices.Concat(schema.Drivers(), spec.BlockNames(), schema.KeyNames(), []string{allFunctions}, spec.FunctionNames())
}

// explain finds what the reference says of a name.
func explain(name string) (entry, error) {
	if driver, ok := schema.Lookup(name); ok {
		return entry{driver.WriteText, func(w io.Writer) error { return schema.WriteJSON(w, []*schema.Driver{driver}) }}, nil
	}
	if slices.Contains(spec.BlockNames(), name) {
		return entry{
			func(w io.Writer, opts schema.TextOptions) error {
				if err := spec.WriteBlock(w, name, opts); err != nil {
					return err
				}
				return spec.WriteBlockExample(w, name, opts)
			},
			func(w io.Writer) error { return spec.WriteBlockJSON(w, name) },
		}, nil
	}
	if uses := schema.KeyUses(name); len(uses) > 0 {
		return entry{
			func(w io.Writer, opts schema.TextOptions) error { return schema.WriteKey(w, name, uses, opts) },
			func(w io.Writer) error { return schema.WriteKeyJSON(w, name, uses) },
		}, nil
	}
	functions := []string{name}
	if name == allFunctions {
		functions = spec.FunctionNames()
	} else if !slices.Contains(spec.FunctionNames(), name) {
		return entry{}, notExplained(name)
	}
	return entry{
		func(w io.Writer, opts schema.TextOptions) error { return spec.WriteFunctions(w, functions, opts) },
		func(w io.Writer) error { return spec.WriteFunctionsJSON(w, functions) },
	}, nil
}

// notExplained says what was meant by a name that nothing has. Of what there is it lists the drivers alone.
func notExplained(name string) error {
	if blocks := spec.BlocksWith(name); len(blocks) > 0 {
		commands := make([]string, len(blocks))
		for i, block := range blocks {
			commands[i] = "tarn schema " + block
		}
		return fmt.Errorf("%q is an attribute of blocks: %s", name, strings.Join(commands, ", "))
	}
	missing := fmt.Sprintf("there is no driver, config key, block or function %q", name)
	if names := explained(); len(schema.Suggest(name, names)) > 0 {
		return errors.New(schema.NoSuch(missing, name, names))
	}
	return fmt.Errorf("%s; drivers are %s", missing, schema.QuotedList(schema.Drivers(), "and"))
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
			return nil, notExplained(name)
		}
		drivers = append(drivers, driver)
	}
	return drivers, nil
}
