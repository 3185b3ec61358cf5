package cli

import (
	"slices"
	"strings"
	"testing"
)

// TestCommandsAreMadeWhenAskedFor holds the names of commands to those that they give themselves, and a command line that begins with one to make no other.
func TestCommandsAreMadeWhenAskedFor(t *testing.T) {
	all := (&app{}).root()
	addCompletion(all)
	all.InitDefaultHelpCmd()
	var names []string
	for _, cmd := range available(all) {
		names = append(names, cmd.Name())
		if !isCommand(cmd.Name()) {
			t.Errorf("%s is not known as a command", cmd.Name())
		}
	}
	if len(names) != len((&app{}).commands())+1 { // help is no command of its own to cobra
		t.Errorf("the commands are %s", strings.Join(names, ", "))
	}
	for _, c := range (&app{}).commands() {
		if !slices.Contains(names, c.name) {
			t.Errorf("no command is called %s", c.name)
		}
		one := (&app{Process: Process{Args: []string{c.name, "--help"}}}).root()
		addCompletion(one)
		if made := one.Commands(); len(made) != 1 || made[0].Name() != c.name {
			t.Errorf("tarn %s makes %d commands", c.name, len(made))
		}
	}
	for _, args := range [][]string{{}, {"--help"}, {"help", "plan"}, {completionName, "bash"}, {"__complete", "plan", ""}, {"--color", "never", "plan"}, {"pln"}} {
		some := (&app{Process: Process{Args: args}}).root()
		if made := some.Commands(); len(made) != len((&app{}).commands()) {
			t.Errorf("tarn %s makes %d commands", strings.Join(args, " "), len(made))
		}
	}
}
