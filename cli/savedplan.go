package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"unicode/utf8"

	"tarn/cli/replacefile"
	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/planner"
	"tarn/planner/plan"
	"tarn/spec"
)

// savePlan writes a plan to a file that is there whole or not at all. What is there already and is no plan stays.
func savePlan(p *plan.Plan, path string) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return fmt.Errorf("--out %s: it is no file", path)
	case err == nil:
		content, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("--out: %w", err)
		}
		if len(content) > 0 && !plan.IsSaved(content) {
			return fmt.Errorf("--out %s: it is there already and is no saved plan, so it is not overwritten", path)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("--out: %w", err)
	}
	var content bytes.Buffer
	if err := p.WriteJSON(&content); err != nil {
		return err
	}
	if err := replacefile.Private(path, content.Bytes()); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	return nil
}

// readPlanFile gives the plan that a command's only path holds; nil when the paths are a spec's.
func readPlanFile(paths []string) (*plan.Plan, error) {
	for _, path := range paths {
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
			continue // a directory, or what reading the spec will say
		}
		content, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		if !plan.IsSaved(content) {
			// No spec in HCL's own syntax begins with a brace.
			if !spec.IsJSON(path) && (!utf8.Valid(content) || bytes.HasPrefix(bytes.TrimSpace(content), []byte("{"))) {
				return nil, fmt.Errorf("%s is neither a saved plan nor a spec", path)
			}
			continue
		}
		if len(paths) > 1 {
			return nil, fmt.Errorf("%s is a saved plan, which is applied alone; a spec that it takes secret values from is named with --spec", path)
		}
		plan, err := plan.Read(content)
		if err != nil {
			return nil, fmt.Errorf("saved plan %s: %w", path, err)
		}
		return plan, nil
	}
	return nil, nil
}

// applySaved carries out a saved plan, when what it touches is as it was.
func (a *app) applySaved(ctx context.Context, path string, plan *plan.Plan, flags *applyFlags) error {
	s, err := a.openSaved(path, plan, flags)
	if err != nil {
		return flags.failed(a, err)
	}
	defer s.close()

	planning, cancel := a.cancellable(ctx)
	err = s.checkSaved(planning, path, plan, flags)
	if err != nil {
		err = flags.failed(a, err)
	} else {
		err = a.showAndAsk(planning, plan, flags)
	}
	cancel()
	if err != nil || plan.Empty() {
		return err
	}
	return a.carryOut(ctx, s, plan, flags, func(ctx context.Context) (checkResult, error) { return s.compareWithPlan(ctx, plan) })
}

// openSaved finds the server of a saved plan, and loads the spec that its secret values come from. It sends nothing.
func (a *app) openSaved(path string, plan *plan.Plan, flags *applyFlags) (*session, error) {
	for _, name := range planningFlags {
		if flags.cmd.Flags().Changed(name) {
			return nil, fmt.Errorf("--%s is for making a plan, and %s is made already", name, path)
		}
	}
	if a.project != "" && a.project != plan.Server.Project {
		return nil, fmt.Errorf("%s is for project %s, not %s", path, plan.Server.Project, a.project)
	}
	remote := cmp.Or(a.remote, plan.Server.Remote)
	s := &session{
		app:     a,
		remotes: map[string]*lxd.Client{},
		opts:    planner.Options{Remote: remote, Project: plan.Server.Project, Adopt: true},
	}
	var err error
	if withheld := plan.SecretSteps(); len(withheld) > 0 && len(plan.Blockers) == 0 {
		if len(flags.specs) == 0 {
			return nil, fmt.Errorf("%s holds no secret values, and %s: name the spec that they come from with --spec", path, setSecrets(withheld))
		}
		if s.want, err = a.load(flags.specs, flags.specFlags); err != nil {
			return nil, err
		}
	}
	_, s.client, err = a.connect(remote)
	return s, err
}

// checkSaved fails when a saved plan is for another server, or stale. It brings the plan's secret values back.
func (s *session) checkSaved(ctx context.Context, path string, plan *plan.Plan, flags *applyFlags) error {
	live, err := s.readSaved(ctx, path, plan)
	if err != nil || len(plan.Blockers) > 0 {
		return err
	}
	if stale := planner.Stale(plan, live, s.opts.Remotes); len(stale) > 0 {
		if flags.json {
			err = s.app.writeEvent(staleEvent(stale))
		} else {
			err = s.app.showFindings("Stale, nothing will be done:", stale)
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(s.app.Stderr, "tarn: what %s works on has changed since it was made; plan again\n", path)
		return exitCode(exitStale)
	}
	planner.Rejudge(plan, live)
	if s.want == nil {
		return nil
	}
	fresh, err := s.plan(ctx, false)
	if err != nil {
		return err
	}
	return plan.RestoreSecrets(fresh)
}

// readSaved reads what a saved plan touches, of the servers that it was made for and no others.
func (s *session) readSaved(ctx context.Context, path string, plan *plan.Plan) (*live.State, error) {
	state, err := live.Read(ctx, s.client, plan.Scope())
	if err != nil {
		return nil, err
	}
	if err := s.mustBe(path, plan.Server, state, s.opts.Remote); err != nil {
		return nil, err
	}
	if err := live.ReadDetails(ctx, s.client, state, planner.SavedDetails(plan, state)); err != nil {
		return nil, err
	}
	if err := s.readRemotes(ctx, plan.RemoteScopes()); err != nil {
		return nil, err
	}
	for _, from := range plan.Remotes {
		if err := s.mustBe(path, from, s.opts.Remotes[from.Remote], from.Remote); err != nil {
			return nil, err
		}
	}
	return state, nil
}

// mustBe fails when a server is another one than a plan was made for.
func (s *session) mustBe(path string, was plan.Server, live *live.State, remote string) error {
	is := planner.ServerOf(live, remote, was.Project)
	if was.Same(is) {
		return nil
	}
	return fmt.Errorf("%s is for another server: it was made for %s, and this is %s", path, describe(was), describe(is))
}

func describe(server plan.Server) string {
	text := fmt.Sprintf("%s, %s at %s", server.Remote, server.Version, server.Address)
	if server.Fingerprint != "" {
		text += fmt.Sprintf(" (certificate %.12s)", server.Fingerprint)
	}
	return text
}

func (a *app) showFindings(title string, findings []plan.Finding) error {
	fmt.Fprintln(a.Stdout, title)
	for _, finding := range findings {
		if _, err := fmt.Fprintln(a.Stdout, finding.Line(width(a.Stdout))); err != nil {
			return err
		}
	}
	return nil
}

func setSecrets(steps []*plan.Step) string {
	if len(steps) == 1 {
		return fmt.Sprintf("step %d sets some", steps[0].Number)
	}
	return fmt.Sprintf("%d steps set some", len(steps))
}
