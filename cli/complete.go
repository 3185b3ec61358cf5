package cli

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"tarn/cli/readfile"
	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/planner/plan"
	"tarn/spec"
)

// completionTime is how long the completion of a command line waits for a server. Who presses a key does not wait longer, and is told nothing.
const completionTime = 500 * time.Millisecond

// completes gives a command and a flag the values that a server and the spec have. It is for a root command that has all its commands.
func (a *app) completes(root *cobra.Command) {
	noFiles := func(values func(*cobra.Command, []string) []cobra.Completion) cobra.CompletionFunc {
		return func(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return writable(values(cmd, args)), cobra.ShellCompDirectiveNoFileComp
		}
	}
	_ = root.RegisterFlagCompletionFunc("project", noFiles(func(_ *cobra.Command, args []string) []cobra.Completion { return a.projectNames(args) }))
	for _, cmd := range root.Commands() {
		if cmd.Name() == "import" && cmd.Flags().Lookup("pool") != nil {
			_ = cmd.RegisterFlagCompletionFunc("pool", noFiles(func(*cobra.Command, []string) []cobra.Completion { return a.poolNames() }))
		}
	}
}

// completeShown completes what show takes: what the server holds, blocks of the spec, and saved plans.
func (a *app) completeShown(flags *showFlags) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if isPath(typed) {
			return nil, cobra.ShellCompDirectiveDefault
		}
		want := a.specBeside(flags.specs, flags.specFlags)
		var names []cobra.Completion
		if state := a.stateBeside(want); state != nil {
			for name := range state.Pools {
				names = append(names, name)
			}
			for id := range state.VolumeIDs.All() {
				if project := a.project; project == "" || id.Project == state.EffectiveProject(project) {
					names = append(names, id.String())
					if id.Member != "" || id.Project != lxd.DefaultProject {
						names = append(names, plan.VolumeName(id))
					}
				}
			}
		}
		if want != nil && strings.HasPrefix(typed, "pool.") {
			for _, pool := range want.Pools {
				names = append(names, pool.Address)
				for _, volume := range pool.Volumes {
					names = append(names, volume.Address)
				}
			}
		}
		if len(args) == 0 { // a saved plan is shown alone
			names = append(names, savedPlans(typed)...)
		}
		return writable(names), cobra.ShellCompDirectiveNoFileComp
	}
}

// savedPlans are the saved plans whose names begin so.
func savedPlans(typed string) []cobra.Completion {
	entries, err := os.ReadDir(".")
	if err != nil {
		return nil
	}
	var names []cobra.Completion
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), typed) || filepath.Ext(entry.Name()) != ".json" || !entry.Type().IsRegular() {
			continue
		}
		if content, err := readfile.Regular(entry.Name(), readfile.Plan); err == nil && plan.IsSaved(content) {
			names = append(names, cobra.CompletionWithDesc(entry.Name(), "saved plan"))
		}
	}
	return names
}

// serverFiles are the files that the name of a remote may go on with: the states of simulators or sockets, and directories.
func serverFiles(kind, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	dir, start := filepath.Split(typed)
	entries, err := os.ReadDir(cmp.Or(dir, "."))
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []cobra.Completion
	directive := cobra.ShellCompDirectiveNoFileComp
	for _, entry := range entries {
		info, err := os.Stat(dir + entry.Name())
		switch {
		case err != nil || !strings.HasPrefix(entry.Name(), start) || start == "" && strings.HasPrefix(entry.Name(), "."):
		case info.IsDir():
			names = append(names, kind+dir+entry.Name()+"/")
			directive |= cobra.ShellCompDirectiveNoSpace // the path goes on
		case kind == "sim:" && info.Mode().IsRegular() && filepath.Ext(entry.Name()) == ".json", kind == "unix:" && info.Mode()&os.ModeSocket != 0:
			names = append(names, kind+dir+entry.Name())
		}
	}
	return writable(names), directive
}

// writable are those values that a shell can be given, in order, each once: a line feed or a tab would end them, and what a terminal would obey
// is written by nobody.
func writable(values []cobra.Completion) []cobra.Completion {
	values = slices.DeleteFunc(values, func(value cobra.Completion) bool {
		name, _, _ := strings.Cut(value, "\t")
		return name == "" || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
	})
	slices.Sort(values)
	return slices.Compact(values)
}

// specBeside is the spec that a command line is about, nil when there is none or it has mistakes.
func (a *app) specBeside(paths []string, flags specFlags) *spec.Spec {
	if files, diags := spec.FindFiles(paths); len(files) == 0 || diags.HasErrors() {
		return nil
	}
	want, diags := spec.Load(paths, flags.loadOptions(a))
	if diags.HasErrors() {
		return nil
	}
	return want
}

// stateBeside is what the pools of the server say that they hold, nil when it does not answer in time.
func (a *app) stateBeside(want *spec.Spec) *live.State {
	state, _ := soon(a, want, func(ctx context.Context, client *lxd.Client) (*live.State, error) {
		return live.Read(ctx, client, live.Scope{FormerProjects: []string{a.project}})
	})
	return state
}

// poolNames are those of the server.
func (a *app) poolNames() []cobra.Completion {
	var names []cobra.Completion
	if state := a.stateBeside(nil); state != nil {
		for name, pool := range state.Pools {
			names = append(names, cobra.CompletionWithDesc(name, pool.Driver))
		}
	}
	return names
}

// projectNames are those of the server that the command line, or the spec that it names, is about.
func (a *app) projectNames(args []string) []cobra.Completion {
	projects, _ := soon(a, a.specBeside(args, specFlags{}), func(ctx context.Context, client *lxd.Client) ([]*lxd.Project, error) {
		return client.Projects(ctx)
	})
	var names []cobra.Completion
	for _, project := range projects {
		names = append(names, project.Name)
	}
	return names
}

// soon asks the server for a completion. What does not come in time, or not at all, is the zero value.
func soon[T any](a *app, want *spec.Spec, ask func(context.Context, *lxd.Client) (T, error)) (T, error) {
	var none T
	name := a.remote
	if want != nil {
		name = cmp.Or(name, want.Settings.Remote)
	}
	if file, is := strings.CutPrefix(name, "sim:"); is {
		if _, err := os.Stat(file); err != nil {
			return none, err // nobody has a simulator made by pressing a key
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), completionTime)
	defer cancel()
	a.timeout = completionTime
	type answer struct {
		value T
		err   error
	}
	got, err := orInterrupted(ctx, func() (got answer) {
		_, client, err := a.connect(name)
		if err != nil {
			return answer{err: err}
		}
		defer client.Close()
		got.value, got.err = ask(ctx, client)
		return got
	})
	if err != nil || got.err != nil {
		return none, errors.Join(err, got.err)
	}
	return got.value, nil
}
