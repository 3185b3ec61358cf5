// Package lxc is the part of the program lxc that scripts use, for machines without it. Arguments and the environment go in
// as they go to lxc 5.0.2; the same requests go out, and the same text is printed. It knows no other command than these,
// and is compared with the real lxc where that is installed.
package lxc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"tarn/lxd"
	"tarn/lxd/remote"
)

// Main is the program: it reads os.Args and ends the process.
func Main() {
	os.Exit(Run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}

// Run carries out one command and gives its exit code.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	c := &command{stdout: stdout}
	root := &cobra.Command{Use: "lxc", Args: cobra.ArbitraryArgs, SilenceErrors: true, SilenceUsage: true}
	root.PersistentFlags().StringVar(&c.project, "project", "", "")
	root.AddCommand(c.storage(), c.profile(), c.projects(), c.query(), c.init(), c.instanceConfig())
	root.RunE = unknown
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(stderr, "Error:", serversWords(err))
		return 1
	}
	return 0
}

// command is what one call of the program knows.
type command struct {
	stdout  io.Writer
	project string // "" for the default one
}

func (c *command) printf(format string, args ...any) { fmt.Fprintf(c.stdout, format, args...) }

// group is a command with others below it.
func group(name string) *cobra.Command { return &cobra.Command{Use: name, RunE: unknown} }

// unknown is for commands of the real lxc that this one does not have.
func unknown(cmd *cobra.Command, args []string) error {
	return fmt.Errorf("%s %s: not known to this lxc, which has what scripts use", cmd.CommandPath(), strings.Join(args, " "))
}

// words is an error as lxc says it.
type words string

func (w words) Error() string { return string(w) }

// serversWords is an error without what the client says around it.
func serversWords(err error) error {
	if refused := new(lxd.Error); errors.As(err, &refused) {
		return errors.New(refused.Message)
	}
	return err
}

// connect gives a client for the server of [REMOTE:]NAME, and the name.
func connect(text string) (*lxd.Client, string, error) {
	server, name, ok := strings.Cut(text, ":")
	if !ok {
		server, name = "local", text
	}
	found, err := remote.Find(server, os.Getenv)
	if err != nil {
		return nil, "", err
	}
	client, err := found.Connect(lxd.Options{})
	return client, name, err
}

// wait carries a change through.
func wait(ctx context.Context, op *lxd.Operation, err error) error {
	if err != nil {
		return err
	}
	return op.Wait(ctx, nil)
}

// pairs reads KEY=VALUE.
func pairs(args []string) (map[string]string, error) {
	config := map[string]string{}
	for _, arg := range args {
		key, value, ok := strings.Cut(arg, "=")
		if !ok {
			return nil, words("Bad key=value pair: [" + arg + "]")
		}
		config[key] = value
	}
	return config, nil
}

// settings reads KEY=VALUE…, or KEY VALUE.
func settings(args []string) (map[string]string, error) {
	if len(args) == 2 && !strings.Contains(args[0], "=") {
		return map[string]string{args[0]: args[1]}, nil
	}
	return pairs(args)
}

// changed is a config with some keys set, and those with an empty value taken out.
func changed(config, by map[string]string) map[string]string {
	all := maps.Clone(config)
	maps.Copy(all, by)
	maps.DeleteFunc(all, func(_, value string) bool { return value == "" })
	return all
}
