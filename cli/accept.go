package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"tarn/cli/paint"
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
	taken []acceptedItem
	left  []leftItem
	files []edit.File
	after []string // what an apply would still do to other ends
}

// acceptedItem is a difference that the new files have taken over.
type acceptedItem struct {
	accept.Item
	place string
}

// leftItem is one that they have not.
type leftItem struct {
	accept.Item
	place, why string
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
	found := &acceptance{}
	const mostRounds = 10 // what was taken over may show something else: a volume that is there again differs in its config
	before := files
	for round := 0; round < mostRounds; round++ {
		items, err := s.differences(ctx, round == 0)
		if err != nil {
			return nil, err
		}
		result, err := takeItems(ctx, s, paths, flags, files, items, found)
		if err != nil {
			return nil, err
		}
		if len(result.Taken) == 0 {
			break
		}
		files, s.want = edit.Files(result.Inputs), result.Spec
	}
	found.files = changedFiles(before, files)
	return found, s.checkAccepted(ctx, found)
}

// differences are those between the server and the spec as it is by now.
func (s *session) differences(ctx context.Context, first bool) ([]accept.Item, error) {
	s.app.secrets.Add(planner.SecretsOn(s.live, s.want)...)
	type outcome struct {
		all     []planner.Difference
		missing live.Details
		diags   hcl.Diagnostics
	}
	compare := func() (outcome, error) {
		return orInterrupted(ctx, func() (o outcome) {
			o.all, o.missing, o.diags = planner.Differences(s.want, s.live, s.opts)
			return o
		})
	}
	o, err := compare()
	if err == nil && !o.missing.None() {
		if err = live.ReadDetails(ctx, s.client, s.live, o.missing); err == nil {
			o, err = compare()
		}
	}
	if err != nil {
		return nil, err
	}
	if first { // later an address may name what is no longer declared
		if err := s.app.report(s.want, o.diags); err != nil {
			return nil, err
		}
	}
	return accept.Items(s.want, s.live, s.opts, o.all), nil
}

// takeItems changes the files for some differences, and notes what became of each.
func takeItems(ctx context.Context, s *session, paths []string, flags *acceptFlags, files edit.Files, items []accept.Item, found *acceptance) (*edit.Result, error) {
	found.left = nil
	var wishes []edit.Wish
	var of []accept.Item
	for _, item := range items {
		if item.Why != "" {
			found.left = append(found.left, leftItem{item, "", item.Why})
			continue
		}
		wishes, of = append(wishes, item.Wish), append(of, item)
	}
	type outcome struct {
		result *edit.Result
		err    error
	}
	o, err := orInterrupted(ctx, func() (o outcome) {
		o.result, o.err = edit.Take(ctx, paths, flags.loadOptions(s.app), files, wishes)
		return o
	})
	if err = errors.Join(err, o.err); err != nil {
		return nil, err
	}
	for _, taken := range o.result.Taken {
		found.taken = append(found.taken, acceptedItem{of[taken.Wish], taken.Place})
	}
	for _, left := range o.result.Left {
		found.left = append(found.left, leftItem{of[left.Wish], left.Place, left.Why})
	}
	return o.result, nil
}

// checkAccepted plans for the new files: nothing may be left to do of what they have taken over but marks, which are no part of a spec.
func (s *session) checkAccepted(ctx context.Context, found *acceptance) error {
	if len(found.taken) == 0 && len(found.left) > 0 {
		return nil
	}
	state, err := live.Read(ctx, s.client, planner.ScopeOf(s.want, s.opts))
	if err != nil {
		return s.atProject(err)
	}
	opts := s.opts
	s.opts.Only, s.opts.Exclude = nil, nil
	p, err := s.planFor(ctx, s.client, state, false)
	s.opts = opts
	if err != nil || p == nil {
		if len(found.left) > 0 && errors.Is(err, exitCode(exitError)) {
			return nil // a plan cannot be made for what is left
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
		if !narrowed || taken[blocker.Object] {
			found.after = append(found.after, fmt.Sprintf("%s: %s", blocker.Object, blocker.Why))
		}
	}
	return nil
}

// fewObjects names some of many objects.
func fewObjects(objects []plan.Object) string {
	const most = 3
	var names []string
	for i, object := range objects {
		if i == most && len(objects) > most+1 {
			names = append(names, quantity(len(objects)-most, "other object"))
			break
		}
		names = append(names, object.String())
	}
	return plan.List(names)
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

// showAccepted shows how the files change, and what is left.
func (a *app) showAccepted(found *acceptance, flags *acceptFlags) error {
	return a.show(func(w io.Writer) error {
		painter := a.painter(a.Stdout)
		for _, file := range found.files {
			for _, line := range a.diffLines(file, painter) {
				fmt.Fprintln(w, line)
			}
		}
		blank := len(found.files) > 0
		head := func(text string) {
			if blank {
				fmt.Fprintln(w)
			}
			blank = true
			fmt.Fprintln(w, text)
		}
		if len(found.left) > 0 {
			head("Not taken into the spec:")
			for _, item := range found.left {
				fmt.Fprintf(w, "  %s\n", a.forPeople(item.Text()))
				why := item.why
				if item.place != "" {
					why = item.place + ": " + why
				}
				fmt.Fprintf(w, "      %s\n", a.forPeople(why))
			}
		}
		if len(found.after) > 0 {
			head("Still to do:")
			for _, text := range found.after {
				fmt.Fprintf(w, "  %s\n", a.forPeople(text))
			}
		}
		if summary := found.summary(); len(found.taken)+len(found.left)+len(found.after) > 0 {
			head(summary)
		} else {
			fmt.Fprintln(w, summary)
		}
		return nil
	})
}

func (f *acceptance) summary() string {
	if len(f.taken)+len(f.left)+len(f.after) == 0 {
		return "Nothing to take into the spec: it says what the server has."
	}
	text := fmt.Sprintf("%s taken into the spec", quantity(len(f.taken), "difference"))
	if n := len(f.left); n > 0 {
		text += fmt.Sprintf(", %d not", n)
	}
	return text + "."
}

// diffLines are the lines in which a file differs.
func (a *app) diffLines(file edit.File, painter paint.Painter) (all []string) {
	roles := map[byte]paint.Role{'+': paint.DiffAdded, '-': paint.DiffRemoved, '@': paint.DiffHunk}
	for line := range strings.Lines(unified(file.Name, file.Name, file.Before, file.After)) {
		line = a.forPeople(strings.TrimRight(line, "\r\n"))
		if role, ok := roles[append([]byte(line), 0)[0]]; ok {
			line = painter.Paint(role, line)
		}
		all = append(all, line)
	}
	return all
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

// fileNames names files, or says how many they are.
func fileNames(files []edit.File) string {
	if len(files) > 3 {
		return quantity(len(files), "file")
	}
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = file.Name
	}
	return plan.List(names)
}

// writeAccepted writes the files. When one cannot be written, the others are as they were before.
func writeAccepted(files []edit.File) error {
	out := specFiles{}
	for _, file := range files {
		out.files = append(out.files, specFile{path: file.Name, content: file.After, before: file.Before, existed: true})
	}
	return out.writeAll()
}
