package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"tarn/planner"
	"tarn/spec"
)

// specFlags are the flags of every command that reads a spec.
type specFlags struct {
	vars     []string
	varFiles []string
	strict   bool

	inputs map[string][]byte // the texts of files that are not to be read once more
}

func (f *specFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.vars, "var", nil, "set a variable: `name=value`; may be given more than once")
	cmd.Flags().StringArrayVar(&f.varFiles, "var-file", nil, "set variables from a `FILE`; may be given more than once")
	cmd.Flags().BoolVar(&f.strict, "strict", false, "warnings about the spec are errors")
}

// loadOptions say where the values of variables come from.
func (f *specFlags) loadOptions(a *app) spec.Options {
	return spec.Options{Vars: f.vars, VarFiles: f.varFiles, Env: a.Env, Inputs: f.inputs}
}

// planFlags are the flags of every command that makes a plan.
type planFlags struct {
	specFlags
	prune      bool
	adopt      bool
	maxDeletes int
	only       []string
	exclude    []string
	cmd        *cobra.Command
}

func (f *planFlags) register(a *app, cmd *cobra.Command) {
	f.specFlags.register(cmd)
	f.cmd = cmd
	cmd.Flags().BoolVar(&f.prune, "prune", false, "delete volumes marked as this spec's that it no longer declares")
	cmd.Flags().BoolVar(&f.adopt, "adopt", false, "take over objects marked as another owner's")
	cmd.Flags().StringArrayVar(&f.only, "only", nil, "plan only for the pool or volume at `ADDRESS` (fast, fast/pgdata, 'fast/*') and what that needs; may be given more than once")
	cmd.Flags().IntVar(&f.maxDeletes, "max-deletes", 0, "block a plan that deletes more objects (default: the spec's, then no limit)")
	cmd.Flags().StringArrayVar(&f.exclude, "exclude", nil, "leave the pool or volume at `ADDRESS` out of the plan, with what needs it; may be given more than once")
	f.completeScope(a, cmd)
}

// registerScope registers what narrows a command that makes no plan for others to carry out.
func (f *planFlags) registerScope(a *app, cmd *cobra.Command) {
	f.cmd = cmd
	cmd.Flags().StringArrayVar(&f.only, "only", nil, "look at the pool or volume at `ADDRESS` alone (fast, fast/pgdata, 'fast/*'); may be given more than once")
	cmd.Flags().StringArrayVar(&f.exclude, "exclude", nil, "leave the pool or volume at `ADDRESS` as the spec has it; may be given more than once")
	f.completeScope(a, cmd)
}

func (f *planFlags) completeScope(a *app, cmd *cobra.Command) {
	for _, flag := range []string{"only", "exclude"} {
		_ = cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, paths []string, _ string) ([]string, cobra.ShellCompDirective) {
			return writable(f.addresses(a, paths)), cobra.ShellCompDirectiveNoFileComp
		})
	}
}

func (f *planFlags) badMaxDeletes() error {
	return fmt.Errorf("--max-deletes is a number from 0 up, not %d", f.maxDeletes)
}

// planningFlags are the names of those that have no meaning for a plan that is made already.
var planningFlags = []string{"prune", "adopt", "max-deletes", "only", "exclude"}

func (f *planFlags) options(remote, project, today string) planner.Options {
	opts := planner.Options{Remote: remote, Project: project, Prune: f.prune, Adopt: f.adopt, Only: f.only, Exclude: f.exclude, Today: today}
	if flag := f.cmd.Flags().Lookup("max-deletes"); flag != nil && flag.Changed {
		opts.MaxDeletes = &f.maxDeletes
	}
	return opts
}
