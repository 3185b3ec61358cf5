// Package cli is tarn's command line: flags and arguments go in, text and an exit code come out.
//
// Each command has a file of its own and joins spec, lxd, planner and applier into one pipeline. This is the only package
// that knows of terminals, environment variables and exit codes; it judges nothing about storage, and never ends the process.
//
// Read this file first, then plan.go with session.go, which is what all commands have in common that need a server. apply.go asks
// and carries out; applyreport.go says how it ended, with applytext.go and applyjson.go to show it to people and to programs, and
// applycheck.go to read the server again.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"tarn/cli/paint"
	"tarn/lxd"
	"tarn/lxd/remote"
	"tarn/lxd/secrets"
	"tarn/planner/plan"
	"tarn/spec"
)

// Process is the world as a command sees it, so that a test can run one without being a process.
type Process struct {
	Args       []string // without the program's name
	Env        []string // as os.Environ gives it
	Stdin      io.Reader
	Stdout     io.Writer
	Stderr     io.Writer
	Interrupts <-chan os.Signal

	// Terminal opens the one that the process was started from, whatever the streams are. nil is for none.
	Terminal func() (*os.File, error)
}

// Exit codes.
const (
	exitDone     = 0 // done, or nothing to do
	exitError    = 1
	exitChanges  = 2 // there are changes, or drift
	exitBlocked  = 3 // a guard does not let the plan through
	exitStale    = 4 // what a saved plan touches has changed since
	exitNoServer = 5 // a server cannot be reached or does not answer
)

// exitCode ends a command that has said all there is to say.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// app is one run of the program: the process and the flags that every command has.
type app struct {
	Process
	remote  string
	project string
	colour  string
	debug   bool
	noPager bool
	timeout time.Duration // of a request without a sign of life, 0 for none

	paged         bool // a pager has shown the plan
	began         bool // the arguments are read
	gaveUp        bool // the reading of a file was, and may still go on: no other one is read
	changesServer bool // the command may, so that it says whether it did, whoever has gone

	reported   spec.ValidateReport // what has been written about the spec
	asked      string              // the remote that was asked for, "" for the usual one or when that is not known yet
	secrets    *secrets.Set        // that no text of a server may show; see forPeople
	writers    textWriters
	waits      waits
	interrupts *interrupts
	told       sync.Once // why the command has ended
	simulators simulators

	command  *app             // that this one does a part of, see part; nil for the command's own
	held     *heldDiagnostics // keeps what is wrong with a spec for later, nil when that is written at once
	about    string           // what begins the lines of --debug, for a part
	requests *atomic.Int64    // counts those that are sent, nil when nobody wants to know
}

// Run runs the command that the arguments name and gives the exit code.
func Run(p Process) int {
	out := &output{to: p.Stdout}
	p.Stdout = out
	a := &app{Process: p, interrupts: newInterrupts(), secrets: new(secrets.Set)}
	root := a.root()
	root.SetArgs(p.Args)
	root.SetIn(p.Stdin)
	root.SetOut(p.Stdout)
	root.SetErr(p.Stderr)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go a.interrupts.listen(p.Interrupts, ctx.Done())
	ended := make(chan int, 1)
	go func() {
		err := a.execute(ctx, root)
		if closing := a.simulators.close(); err == nil {
			err = closing
		}
		a.text().flush()
		ended <- a.ends(out.withLostOutput(err))
	}()
	select {
	case code := <-ended:
		return code
	case <-a.interrupts.abort: // the command may hang in a file or a terminal
		a.interrupts.lastly(func() {
			_ = a.simulators.close()
			a.ends(a.interrupts.said())
		})
		return exitError
	}
}

// execute runs the command. That it crashes is an error.
func (a *app) execute(ctx context.Context, root *cobra.Command) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = a.fault(fault)
		}
	}()
	if err := oddDash(a.Args); err != nil {
		return err
	}
	addCompletion(root)
	takeOnce(root)
	cmd, err := root.ExecuteContextC(ctx)
	return reworded(cmd, err)
}

// ends says why a command has ended, unless it has said that itself, and gives the exit code.
func (a *app) ends(err error) int {
	var code exitCode
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &code):
		return int(code)
	case readerLeft(err) && !a.changesServer: // as with head: nobody wants to know
		return exitError
	}
	text := err.Error()
	if a.began { // what is wrong with the arguments is of no server, and may have lines
		text = a.forPeople(text)
	}
	a.told.Do(func() { fmt.Fprintf(a.messages(), "tarn: %s\n", text) }) // a second signal may come while the first one is told
	return exitOf(err)
}

// forPeople is a text that has words of a server in it as one line that is safe to show: without secrets that the server repeats, and
// without what a terminal would obey.
func (a *app) forPeople(text string) string { return lxd.PlainLine(a.secrets.Hide(text)) }

// exitOf is the exit code for an error: a server that gives no answer, or is not the one that is meant, is told apart from all else.
func exitOf(err error) int {
	var code exitCode
	var unreachable *lxd.UnreachableError
	var certificate *lxd.CertificateError
	switch {
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &unreachable), errors.As(err, &certificate):
		return exitNoServer
	}
	return exitError
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "tarn",
		Short: "Keep LXD and Incus storage as a file declares it",
		Long: `tarn keeps the storage pools and volumes of an LXD or Incus server as a file declares them.

It reads the server, compares, shows the steps that make the difference, and carries them out
so that a second run has nothing to do. There is no state file: the server is the state.`,
		Example: `  tarn plan storage.hcl
  tarn apply storage.hcl
  tarn --remote sim:server.json apply storage.hcl`,
		Version:       version,
		SilenceErrors: true,
		SilenceUsage:  true,

		DisableSuggestions: true, // wrongCommand has its own
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := emptyFlags(cmd); err != nil {
				return err
			}
			if !paint.Valid(a.colour) {
				return notOneOf("color", a.colour, paint.Choices)
			}
			a.began = true
			if a.timeout < 0 {
				return fmt.Errorf("--timeout is a time from 0 up, such as 90s, not %s", a.timeout)
			}
			return nil
		},
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.remote, "remote", "", cmdRemote)
	flags.StringVar(&a.project, "project", "", "project of volumes that name none (default: the spec's, then default)")
	flags.StringVar(&a.colour, "color", "auto", "colour: auto, always or never; NO_COLOR is respected")
	flags.BoolVar(&a.debug, "debug", false, "show each request on standard error")
	flags.BoolVar(&a.noPager, "no-pager", false, "show what is longer than the terminal without TARN_PAGER, PAGER or less")
	flags.DurationVar(&a.timeout, "timeout", time.Minute, "give up a request after so long without a sign of life of the server; 0 for never")
	a.addCommands(root)
	a.addHelp(root)
	root.SetFlagErrorFunc(a.flagError)
	_ = root.RegisterFlagCompletionFunc("remote", a.completeRemotes)
	_ = root.RegisterFlagCompletionFunc("color", cobra.FixedCompletions(paint.Choices, cobra.ShellCompDirectiveNoFileComp))
	return root
}

// cmdRemote is what --remote means.
const cmdRemote = `server: a remote of lxc or incus, "local", "unix:PATH", "sim:" or "sim:FILE" (default: the spec's, then local)`

func (a *app) completeRemotes(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	for _, kind := range []string{"sim:", "unix:"} {
		if path, is := strings.CutPrefix(typed, kind); is {
			return serverFiles(kind, path)
		}
	}
	names, err := remote.Names(a.getenv)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// getenv is os.Getenv on the process's environment.
func (a *app) getenv(name string) string {
	value := ""
	for _, entry := range a.Env {
		if len(entry) > len(name) && entry[len(name)] == '=' && entry[:len(name)] == name {
			value = entry[len(name)+1:]
		}
	}
	return value
}

// painter paints what goes to one of the process's streams.
func (a *app) painter(w io.Writer) paint.Painter {
	return paint.New(a.colour, isTerminal(w), a.getenv)
}

// textOptions are how a plan is written to the standard output.
func (a *app) textOptions() plan.TextOptions {
	return plan.TextOptions{Painter: a.painter(a.Stdout), Width: a.columns(a.Stdout), ASCII: a.text().ascii}
}

// isTerminal tells whether a stream of the process is a terminal.
func isTerminal(stream any) bool {
	file := fileOf(stream)
	return file != nil && isatty.IsTerminal(file.Fd())
}
