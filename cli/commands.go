package cli

import (
	"slices"

	"github.com/spf13/cobra"
)

// command is one of the program's, and how it is made.
type command struct {
	name string
	make func() *cobra.Command
}

// commands are all, each in a file of its own, but for help and completion.
func (a *app) commands() []command {
	return []command{
		{"schema", a.schemaCommand},
		{"validate", a.validateCommand},
		{"fmt", a.fmtCommand},
		{"show", a.showCommand},
		{"plan", a.planCommand},
		{"apply", a.applyCommand},
		{"drift", a.driftCommand},
		{"accept", a.acceptCommand},
		{"import", a.importCommand},
		{"sim", a.simCommand},
		{"version", a.versionCommand},
	}
}

// completionName is the command that cobra makes, see addCompletion.
const completionName = "completion"

// isCommand tells whether a command has this name.
func isCommand(name string) bool {
	return name == helpName || name == completionName ||
		slices.ContainsFunc((&app{}).commands(), func(c command) bool { return c.name == name })
}

// addCommands gives the root its commands: the one alone that the first argument names, or all. To make the flags of all takes as long as some of
// them run, and only help, completion and messages about what is wrong have a use for them.
func (a *app) addCommands(root *cobra.Command) {
	for _, c := range a.commands() {
		if len(a.Args) > 0 && c.name == a.Args[0] {
			root.AddCommand(c.make())
			root.CompletionOptions.DisableDefaultCmd = true
			return
		}
	}
	for _, c := range a.commands() {
		root.AddCommand(c.make())
	}
	a.completes(root)
}

// commandsBeside are all commands but one, to be looked at and not to be run.
func commandsBeside(cmd *cobra.Command) []*cobra.Command {
	return slices.DeleteFunc((&app{}).root().Commands(), func(other *cobra.Command) bool { return other.Name() == cmd.Name() })
}
