package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"tarn/cli/readfile"
	"tarn/lxd/live"
	"tarn/planner"
	"tarn/planner/accept"
	"tarn/planner/plan"
	"tarn/spec"
	"tarn/spec/edit"
)

// acceptFlags are the flags of accept.
type acceptFlags struct {
	planFlags
	autoApprove bool
	diff        bool
	json        bool
}

func (a *app) acceptCommand() *cobra.Command {
	var flags acceptFlags
	cmd := &cobra.Command{
		Use:   "accept [PATH…]",
		Short: "Take what the server has into the spec",
		Long: `Read the server, compare it with the spec, and change the files of the spec so that they say what the server has: the way of apply
in the other direction. The server is only read.

A value is written where its author wrote the old one, which may be an element of for_each, a local value or the default of a variable, when
just the objects that differ have it from there. What is not on the server loses its block, or its element; a volume that carries the spec's mark, or
is in a pool with exclusive = true, and is not declared, gets a block. All else in the files stays as it is, comments and layout included.
"tarn help accepting" says more.

Each change is tried before it is shown: the spec is loaded with it, and has to say something else of the objects that differ, and of nothing
besides. What has no such change is listed with its place and the reason. The differences of the files are shown, and nothing is
written without a yes. Secret values are never written.

Exit code: 0 when the spec says what the server has, 2 when something is left, or with --diff when a file would change, 1 for an error, 5 when
a server cannot be reached or does not answer.`,
		Example: `  tarn accept storage.hcl
  tarn accept --only fast/pgdata
  tarn accept --diff
  tarn accept --auto-approve --json storage.hcl`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			if flags.json && !flags.autoApprove && !flags.diff {
				return errors.New("accept --json does not ask: use it with --auto-approve or --diff")
			}
			return a.accept(cmd.Context(), paths, &flags)
		},
	}
	flags.specFlags.register(cmd)
	flags.registerScope(a, cmd)
	cmd.Flags().BoolVar(&flags.autoApprove, "auto-approve", false, "do not ask")
	cmd.Flags().BoolVar(&flags.diff, "diff", false, "change nothing, and show what would change")
	cmd.Flags().BoolVar(&flags.json, "json", false, "write what was done as JSON: needs --auto-approve or --diff")
	cmd.MarkFlagsMutuallyExclusive("auto-approve", "diff")
	return cmd
}

// acceptance is what accept has found.
type acceptance struct {
	taken []accept.Taken
	left  []accept.Left
	files []edit.File
	after []string // what an apply would still do to other ends
}

func (a *app) accept(ctx context.Context, paths []string, flags *acceptFlags) error {
	files, err := a.specTexts(paths)
	if err != nil {
		return err
	}
	flags.inputs = files
	found, err := a.findAccepted(ctx, paths, flags, files)
	if err != nil {
		return err
	}
	if flags.json {
		return a.acceptJSON(found, flags)
	}
	if err := a.showAccepted(found, flags); err != nil {
		return err
	}
	if len(found.files) > 0 && !flags.diff {
		if !flags.autoApprove {
			if err := a.askAccept(ctx, found); err != nil {
				return err
			}
		}
		if err := a.interrupts.whole(func() error { return writeAccepted(found.files) }); err != nil {
			return err
		}
		fmt.Fprintf(a.text(), "\nWrote %s.\n", a.forPeople(fileNames(found.files)))
	}
	return found.exit(flags)
}

// exit is the exit code that what was found comes to.
func (f *acceptance) exit(flags *acceptFlags) error {
	if len(f.left) > 0 || len(f.after) > 0 || flags.diff && len(f.files) > 0 {
		return exitCode(exitChanges)
	}
	return nil
}

// specTexts reads the files of a spec, which have to be files that can be written again.
func (a *app) specTexts(paths []string) (edit.Files, error) {
	if err := refuseSavedPlans(paths); err != nil {
		return nil, err
	}
	names, diags := spec.FindFiles(paths)
	if err := a.report(&spec.Spec{}, diags); err != nil {
		return nil, err
	}
	files := edit.Files{}
	for _, name := range names {
		text, err := readfile.Regular(name, readfile.Spec)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		files[name] = text
	}
	return files, nil
}

// findAccepted works out the new files. Nothing is written.
func (a *app) findAccepted(ctx context.Context, paths []string, flags *acceptFlags, files edit.Files) (*acceptance, error) {
	ctx, cancel := a.cancellable(ctx)
	defer cancel()
	s, err := a.open(ctx, paths, &flags.planFlags)
	if err != nil {
		return nil, err
	}
	defer s.close()
	if s.live, err = live.Read(ctx, s.client, planner.ScopeOf(s.want, s.opts)); err != nil {
		return nil, s.atProject(err)
	}
	a.secrets.Add(planner.SecretsOn(s.live, s.want)...)
	input := accept.Input{
		Spec: s.want, Paths: paths, Load: flags.loadOptions(a), Files: files, State: s.live, Options: s.opts,
		Read: func(ctx context.Context, missing live.Details) error {
			err := live.ReadDetails(ctx, s.client, s.live, missing)
			a.secrets.Add(planner.SecretsOn(s.live, s.want)...)
			return err
		},
	}
	type outcome struct {
		result *accept.Result
		diags  hcl.Diagnostics
		err    error
	}
	o, err := orInterrupted(ctx, func() (o outcome) {
		o.result, o.diags, o.err = accept.Take(ctx, input)
		return o
	})
	if err = cmp.Or(err, o.err); err != nil {
		return nil, err
	}
	if err := a.report(s.want, o.diags); err != nil {
		return nil, err
	}
	before := s.want
	s.want = o.result.Spec
	found := &acceptance{taken: o.result.Taken, left: o.result.Left, files: changedFiles(files, o.result.Files)}
	return found, s.checkAccepted(ctx, before, found)
}

// checkAccepted plans for the new files: nothing may be left to do of what they have taken over but marks, which are no part of a spec. before is
// the spec as it was.
func (s *session) checkAccepted(ctx context.Context, before *spec.Spec, found *acceptance) error {
	if len(found.taken) == 0 && len(found.left) > 0 {
		return nil
	}
	state, err := live.Read(ctx, s.client, planner.ScopeOf(s.want, s.opts))
	if err != nil {
		return s.atProject(err)
	}
	opts := s.opts
	s.opts.Only, s.opts.Exclude = nil, nil
	whole := s.opts
	p, err := s.planFor(ctx, s.client, state, false)
	s.opts = opts
	if err != nil || p == nil {
		if len(found.left) > 0 && errors.Is(err, exitCode(exitError)) {
			return nil // a plan cannot be made for what is left
		}
		if errors.Is(err, exitCode(exitError)) {
			if _, diags := planner.New(before, state, whole); diags.HasErrors() {
				found.after = append(found.after, "no plan can be made, as little as for the spec as it was: see above")
				return nil
			}
		}
		return err
	}
	left, taken := map[plan.Object]bool{}, map[plan.Object]bool{}
	for _, item := range found.left {
		left[item.Object] = true
	}
	for _, item := range found.taken {
		taken[item.Object] = true
	}
	narrowed := len(opts.Only)+len(opts.Exclude) > 0
	var marked []plan.Object
	for i := range p.Steps {
		step := &p.Steps[i]
		object := step.Action.Object()
		switch marks := planner.OnlyMarks(step); {
		case left[object]:
		case narrowed && !taken[object]:
		case taken[object] && !marks:
			return fmt.Errorf("%s is not as the server has it even so, and nothing was written: a plan for the changed spec would %s", object, step.Title())
		case marks:
			marked = append(marked, object)
		default:
			found.after = append(found.after, fmt.Sprintf("%s: %s", step.Title(), step.Reason))
		}
	}
	if len(marked) > 0 {
		found.after = append(found.after, fmt.Sprintf("tarn apply puts the spec's marks on %s, which no spec can say", fewObjects(marked)))
	}
	for _, blocker := range p.Blockers {
		if !left[blocker.Object] && (!narrowed || taken[blocker.Object]) {
			found.after = append(found.after, fmt.Sprintf("%s: %s", blocker.Object, blocker.Why))
		}
	}
	return nil
}

// changedFiles are those whose texts differ, in order.
func changedFiles(before, after edit.Files) (files []edit.File) {
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if string(before[name]) != string(after[name]) {
			files = append(files, edit.File{Name: name, Before: before[name], After: after[name]})
		}
	}
	return files
}

// askAccept asks whether the files shall be written.
func (a *app) askAccept(ctx context.Context, found *acceptance) error {
	person := a.asker()
	if person == nil {
		return errors.New("accept asks before it writes, and there is no terminal to ask: use --auto-approve, or --diff to look alone")
	}
	defer person.close()
	return person.ask(ctx, fmt.Sprintf("\nWrite %s? Type yes to go on: ", a.forPeople(fileNames(found.files))))
}

// writeAccepted writes the files. When one cannot be written, the others are as they were before.
func writeAccepted(files []edit.File) error {
	out := specFiles{}
	for _, file := range files {
		out.files = append(out.files, specFile{path: file.Name, content: file.After, before: file.Before, existed: true})
	}
	return out.writeAll()
}
