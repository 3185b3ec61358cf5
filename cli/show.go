package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"tarn/cli/readfile"
	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/planner"
	"tarn/planner/plan"
	"tarn/planner/show"
	"tarn/spec"
)

// showFlags are those of the command show.
type showFlags struct {
	specFlags
	specs    []string
	json     bool
	markdown bool // of a saved plan, as brief is
	brief    bool
	usage    bool
	cmd      *cobra.Command
}

func (a *app) showCommand() *cobra.Command {
	var flags showFlags
	cmd := &cobra.Command{
		Use:   "show [ADDRESS… or PLANFILE]",
		Short: "Show what the server holds, one object of it, or a saved plan",
		Long: `Show the pools and volumes of the server: how full they are, what uses them, whose they are, and whether the spec of the
current directory declares them. Nothing is changed, and no spec is needed.

With an ADDRESS, a pool (fast) or a volume (fast/pgdata), all about that: its snapshots and backups, and of each value of its
config whether it is the spec's, the pool's default or the server's. Volumes of one name in several projects or on several
members are all shown; 'fast/pgdata on n1 in project shop', as plans write it, is one of them. An address of a block of
the spec works too. A pattern in quotes ('fast/log*') makes the lists shorter.

With a PLANFILE, the plan as it was shown when it was saved. A regular file that holds a saved plan wins over an address; a path
that begins with ./, ../ or / is never an address.

How full each volume is takes a request for each, so that it is asked for no more than 50 of them unless --usage says so.
To a file or a pipe each object is one line, with the same columns each time and - for what is not known or not there.

Exit code: 0, 1 for an error, as when nothing has that address, 5 when a server cannot be reached or does not answer.`,
		Example: `  tarn show
  tarn show fast/pgdata
  tarn show 'fast/*' --json
  tarn show plan.json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			saved, err := savedToShow(args)
			switch {
			case err != nil:
				return flags.failed(a, err)
			case saved != nil:
				return flags.showSaved(a, saved)
			case flags.brief || flags.markdown:
				return errors.New("--brief and --markdown are for a saved plan, and none is named")
			}
			overview, err := a.overview(cmd.Context(), args, &flags)
			if err != nil {
				return flags.failed(a, err)
			}
			if flags.json {
				return overview.WriteJSON(jsonOut{a.Stdout})
			}
			opts := show.TextOptions{Painter: a.painter(a.Stdout), Width: a.columns(a.Stdout), ASCII: a.text().ascii}
			return a.show(func(w io.Writer) error { return overview.WriteText(w, opts) })
		},
	}
	flags.cmd = cmd
	cmd.ValidArgsFunction = a.completeShown(&flags)
	flags.specFlags.register(cmd)
	cmd.Flags().StringArrayVar(&flags.specs, "spec", nil, "the spec at `PATH` instead of that of the current directory; may be given more than once")
	cmd.Flags().BoolVar(&flags.json, "json", false, "write JSON")
	cmd.Flags().BoolVar(&flags.usage, "usage", false, "ask how full each volume is, however many there are; --usage=false asks for none")
	cmd.Flags().BoolVar(&flags.brief, "brief", false, "of a saved plan: one line for each step")
	cmd.Flags().BoolVar(&flags.markdown, "markdown", false, "of a saved plan: for a merge request")
	cmd.MarkFlagsMutuallyExclusive("json", "markdown")
	cmd.MarkFlagsMutuallyExclusive("json", "brief")
	return cmd
}

// failed writes in the form of the output why there is nothing to show, and gives the error that it was.
func (f *showFlags) failed(a *app, err error) error {
	return (&planOutput{json: f.json, markdown: f.markdown}).writeFailure(a, err)
}

// savedToShow is the saved plan that a command's only argument names, nil when its arguments are addresses.
func savedToShow(args []string) (*plan.Plan, error) {
	for _, arg := range args {
		path := isPath(arg)
		info, err := os.Stat(arg)
		switch {
		case path && err != nil:
			return nil, err
		case path && info.IsDir():
			return nil, fmt.Errorf("%s is a directory and no saved plan; of a spec: tarn plan %s", arg, lxd.ShellPath(arg))
		case err != nil || !info.Mode().IsRegular():
			continue
		}
		content, err := readfile.Regular(arg, readfile.Plan)
		switch {
		case path && err != nil:
			return nil, fmt.Errorf("saved plan %s: %w", arg, err)
		case err != nil || !plan.IsSaved(content):
			if path {
				return nil, fmt.Errorf("%s is no saved plan", arg)
			}
			continue
		case len(args) > 1:
			return nil, fmt.Errorf("%s is a saved plan, which is shown alone", arg)
		}
		saved, err := plan.Read(content)
		if err != nil {
			return nil, fmt.Errorf("saved plan %s: %w", arg, err)
		}
		return saved, nil
	}
	return nil, nil
}

// isPath tells whether an argument can only be the path of a file. No name of a pool begins so.
func isPath(arg string) bool {
	return strings.HasPrefix(arg, "./") || strings.HasPrefix(arg, "../") || filepath.IsAbs(arg)
}

// showSaved writes a saved plan as the command that made it did.
func (f *showFlags) showSaved(a *app, saved *plan.Plan) error {
	for _, name := range []string{"spec", "usage", "var", "var-file", "strict"} {
		if f.cmd.Flags().Changed(name) {
			return fmt.Errorf("--%s is for what a server holds, and this is a saved plan", name)
		}
	}
	return (&planOutput{json: f.json, markdown: f.markdown, brief: f.brief}).write(a, saved)
}

// fewVolumes are so many that they are asked how full they are, though nobody said so.
const fewVolumes = 50

// overview reads the server, all of it or what the addresses name.
func (a *app) overview(ctx context.Context, addresses []string, flags *showFlags) (*show.Overview, error) {
	ctx, cancel := a.cancellable(ctx)
	defer cancel()
	want, warnings, err := a.specToShow(ctx, flags)
	if err != nil {
		return nil, err
	}
	settings := spec.Settings{}
	if want != nil {
		settings = want.Settings
	}
	a.asked = cmp.Or(a.remote, settings.Remote)
	found, client, err := a.connect(a.asked)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	l := &looker{app: a, want: want, client: client, flags: flags, opts: planner.Options{Unread: want == nil && len(warnings) > 0, Remote: found.Name, Project: cmp.Or(a.project, settings.Project, found.Project)}}
	overview, err := l.look(ctx, addresses)
	if err != nil {
		return nil, err
	}
	overview.Server, overview.Made, overview.Project = planner.ServerOf(l.state, found.Name, l.opts.Project), a.made(), a.project
	overview.Warnings = append(warnings, overview.Warnings...)
	return overview, nil
}

// specToShow is the spec that --spec names, or that of the current directory; nil when there is none. A spec of the current directory that has
// mistakes, or needs variables, is none: who looks at a server need not mend it first.
func (a *app) specToShow(ctx context.Context, flags *showFlags) (want *spec.Spec, warnings []string, err error) {
	if len(flags.specs) > 0 {
		if err := refuseSavedPlans(flags.specs); err != nil {
			return nil, nil, err
		}
		want, err = a.load(ctx, flags.specs, flags.specFlags)
		return want, nil, err
	}
	if files, _ := spec.FindFiles(nil); len(files) == 0 {
		if len(flags.vars)+len(flags.varFiles) > 0 {
			return nil, nil, errors.New("--var and --var-file are for a spec, and the current directory has none")
		}
		return nil, nil, nil
	}
	type result struct {
		want  *spec.Spec
		diags hcl.Diagnostics
	}
	opts := flags.loadOptions(a)
	load := func() (l result) {
		l.want, l.diags = spec.Load(nil, opts)
		return l
	}
	loaded, err := orInterrupted(ctx, load)
	if err == nil && loaded.diags.HasErrors() && !spec.GaveUp(loaded.diags) {
		opts.ValuesMayLack = true
		var without result
		if without, err = orInterrupted(ctx, load); err == nil && !without.diags.HasErrors() && without.want.LacksOnlySecrets() {
			loaded = without
			warnings = []string{fmt.Sprintf("Without the %s of %s in the spec of the current directory it is not known whether the server has what that says there.",
				plan.Plural(len(without.want.Lacking), "value"), plan.List(without.want.Lacking))}
		}
	}
	switch {
	case err != nil:
		return nil, nil, err
	case loaded.want != nil:
		a.secrets.Add(loaded.want.Secrets.Values()...)
	}
	if loaded.diags.HasErrors() {
		return nil, []string{"The spec of the current directory has mistakes, or variables without values, so that it is not known what it declares, nor which values of user.* are secret: tarn validate tells more."}, nil
	}
	return loaded.want, warnings, nil
}

// looker reads what is to be shown.
type looker struct {
	app    *app
	want   *spec.Spec // nil for none
	client *lxd.Client
	flags  *showFlags
	opts   planner.Options
	state  *live.State
}

// look reads the server and makes the overview, as far as the server says what it has.
func (l *looker) look(ctx context.Context, addresses []string) (*show.Overview, error) {
	pattern := slices.ContainsFunc(addresses, planner.IsPattern)
	if len(addresses) == 0 || pattern {
		if err := l.read(ctx, l.scope(true)); err != nil {
			return nil, err
		}
		return l.lists(ctx, addresses)
	}
	err := l.read(ctx, l.scope(false))
	var hidden *live.NoProjectError
	if errors.As(err, &hidden) && l.app.project == "" {
		err = l.read(ctx, l.scope(true)) // this client may not see the default project
	}
	if err != nil {
		return nil, err
	}
	objects, err := l.find(addresses)
	if err != nil && l.state.NamesSomeUsers() { // the lists that were read may lack it
		if err := l.read(ctx, l.scope(true)); err != nil {
			return nil, err
		}
		objects, err = l.find(addresses)
	}
	if err != nil {
		return nil, err
	}
	return l.details(ctx, objects)
}

// scope is what is read first: everything, or what the pools say of themselves.
func (l *looker) scope(whole bool) live.Scope {
	scope := live.Scope{Whole: whole}
	if l.app.project != "" {
		scope.Projects = []string{l.app.project}
	}
	if l.want != nil { // in which projects volumes really are
		scope.FormerProjects = append(scope.FormerProjects, l.opts.Project)
		for _, pool := range l.want.Pools {
			for _, volume := range pool.Volumes {
				if !slices.Contains(scope.FormerProjects, volume.Project) {
					scope.FormerProjects = append(scope.FormerProjects, volume.Project)
				}
			}
		}
	}
	return scope
}

func (l *looker) read(ctx context.Context, scope live.Scope) (err error) {
	if l.state, err = live.Read(ctx, l.client, scope); err == nil {
		l.keepSecrets()
	}
	return err
}

// keepSecrets has no text show the secrets of what was read.
func (l *looker) keepSecrets() { l.app.secrets.Add(planner.SecretsOn(l.state, l.want)...) }

// find gives the objects that the addresses mean, each once.
func (l *looker) find(addresses []string) ([]plan.Object, error) {
	var objects []plan.Object
	for _, address := range addresses {
		found, err := planner.Find(l.want, l.state, l.opts, address, l.app.project)
		if err != nil {
			return nil, err
		}
		for _, object := range found {
			if !slices.Contains(objects, object) {
				objects = append(objects, object)
			}
		}
	}
	return objects, nil
}

// lists is the overview of all, or of what the addresses mean.
func (l *looker) lists(ctx context.Context, addresses []string) (*show.Overview, error) {
	var shown map[plan.Object]bool
	if len(addresses) > 0 {
		objects, err := l.find(addresses)
		if err != nil {
			return nil, err
		}
		shown = map[plan.Object]bool{}
		for _, object := range objects {
			shown[object] = true
		}
	}
	isShown := func(object plan.Object) bool { return shown == nil || shown[object] }
	var pools []string
	for name := range l.state.Pools {
		if isShown(plan.PoolObject(name)) {
			pools = append(pools, name)
		}
	}
	var volumes []lxd.VolumeID
	for id := range l.state.Volumes.All() {
		if isShown(plan.VolumeObject(id)) {
			volumes = append(volumes, id)
		}
	}
	if err := l.readSpace(ctx, pools); err != nil {
		return nil, err
	}
	skipped, err := l.readUsed(ctx, volumes)
	if err != nil {
		return nil, err
	}
	overview := show.New(l.state, planner.NewStanding(l.want, l.state, l.opts))
	overview.UsageSkipped = skipped
	overview.Pools = slices.DeleteFunc(overview.Pools, func(p show.Pool) bool { return !isShown(plan.PoolObject(p.Name)) })
	overview.Volumes = slices.DeleteFunc(overview.Volumes, func(v show.Volume) bool { return !isShown(plan.VolumeObject(v.ID)) })
	if shown != nil {
		overview.NotThere = 0
	}
	return overview, nil
}

// readSpace asks how full pools are.
func (l *looker) readSpace(ctx context.Context, pools []string) error {
	slices.Sort(pools)
	var sides []lxd.PoolID
	for _, name := range pools {
		sides = append(sides, l.state.Sides(l.state.Pools[name])...)
	}
	return live.ReadDetails(ctx, l.client, l.state, live.Details{Resources: sides})
}

// readUsed asks how full volumes are, unless they are too many.
func (l *looker) readUsed(ctx context.Context, volumes []lxd.VolumeID) (skipped bool, err error) {
	asked := l.flags.cmd.Flags().Changed("usage")
	switch {
	case asked && !l.flags.usage:
		return false, nil
	case !asked && len(volumes) > fewVolumes:
		return true, nil
	}
	slices.SortFunc(volumes, lxd.VolumeID.Compare)
	return false, live.ReadUsed(ctx, l.client, l.state, volumes)
}

// details is all about some objects.
func (l *looker) details(ctx context.Context, objects []plan.Object) (*show.Overview, error) {
	var pools []string
	var volumes []lxd.VolumeID
	var asked live.Details
	for _, object := range objects {
		if !object.IsPool() {
			volumes = append(volumes, object.Volume)
			continue
		}
		pools = append(pools, object.Pool)
		for _, side := range l.state.Sides(l.state.Pools[object.Pool]) {
			if side.Member != "" {
				asked.MemberPools = append(asked.MemberPools, side)
			}
		}
	}
	if err := live.ReadVolumes(ctx, l.client, l.state, planner.Related(l.want, l.state, volumes)); err != nil {
		return nil, err
	}
	asked.Usage = slices.DeleteFunc(slices.Clone(volumes), func(id lxd.VolumeID) bool { return l.state.Volumes.Get(id) == nil })
	if err := live.ReadDetails(ctx, l.client, l.state, asked); err != nil {
		return nil, err
	}
	if err := l.readSpace(ctx, pools); err != nil {
		return nil, err
	}
	history := map[lxd.VolumeID][]*lxd.Snapshot{}
	for _, id := range asked.Usage {
		var err error
		if history[id], err = live.ReadSnapshots(ctx, l.client, id); err != nil {
			return nil, err
		}
	}
	l.keepSecrets()
	overview := show.NewDetails(l.state, planner.NewStanding(l.want, l.state, l.opts), objects, history)
	if len(overview.Pools)+len(overview.Volumes) < len(objects) {
		overview.Warnings = append(overview.Warnings, "Some of it has gone from the server meanwhile.")
	}
	return overview, nil
}
