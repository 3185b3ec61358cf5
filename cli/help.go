package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tarn/cli/help"
	"tarn/lxd/schema"
)

// addHelp gives a root command its command help, which knows topics besides commands, and lists them where the root's own
// help ends.
func (a *app) addHelp(root *cobra.Command) {
	root.SetHelpCommand(a.helpCommand(root))
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		_ = a.show(func(w io.Writer) error { // the stream keeps the error
			_, err := io.WriteString(w, a.commandHelp(cmd))
			return err
		})
	})
}

func topics() string {
	var text strings.Builder
	text.WriteString("\nTopics, shown by \"tarn help TOPIC\":\n")
	for _, name := range help.Names {
		fmt.Fprintf(&text, "  %-11s %s\n", name, help.Title(name))
	}
	return text.String()
}

const helpName = "help"

func (a *app) helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   helpName + " [COMMAND or TOPIC]",
		Short: "Help about any command or topic",
		Long:  "Show the help of a command, or a topic.",
		Example: `  tarn help plan
  tarn help moves`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 && slices.Contains(help.Names, args[0]) {
				return a.show(func(w io.Writer) error { return help.Write(w, args[0], a.helpText()) })
			}
			cmd, _, err := root.Find(args)
			if err != nil {
				return unknownTopic(root, strings.Join(args, " "))
			}
			return cmd.Help()
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			cmd, _, err := root.Find(args)
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var completions []cobra.Completion
			for _, sub := range available(cmd) {
				completions = append(completions, cobra.CompletionWithDesc(sub.Name(), sub.Short))
			}
			if cmd == root {
				for _, name := range help.Names {
					completions = append(completions, cobra.CompletionWithDesc(name, help.Title(name)))
				}
			}
			return completions, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// available are the commands of a command that its help lists.
func available(cmd *cobra.Command) []*cobra.Command {
	return slices.DeleteFunc(slices.Clone(cmd.Commands()), func(sub *cobra.Command) bool { return !sub.IsAvailableCommand() })
}

// unknownTopic suggests topics and commands, but lists the topics alone.
func unknownTopic(root *cobra.Command, name string) error {
	names, all := help.Names, slices.Clone(help.Names)
	for _, cmd := range available(root) {
		all = append(all, cmd.Name())
	}
	if len(schema.Suggest(name, all)) > 0 {
		names = all
	}
	return errors.New(schema.NoSuch(fmt.Sprintf("there is no help topic %q", name), name, names))
}

// helpText is how a topic is laid out on standard output: in lines of 80 columns, or less on a terminal that is narrower.
func (a *app) helpText() schema.TextOptions {
	const readable = 80
	opts := a.schemaText()
	if opts.Width == 0 || opts.Width > readable {
		opts.Width = readable
	}
	return opts
}
