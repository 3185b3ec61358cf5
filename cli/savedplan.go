package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"tarn/cli/readfile"
	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/planner"
	"tarn/planner/plan"
	"tarn/spec"
)

// readPlanFile gives the plan that a command's only path holds; nil when the paths are a spec's. saved says that it has to be one.
func readPlanFile(paths []string, saved bool) (*plan.Plan, error) {
	if saved && len(paths) == 0 {
		return nil, errors.New("--spec goes with a saved plan, and none is named: tarn apply PLANFILE --spec PATH")
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case saved && err != nil:
			return nil, fmt.Errorf("saved plan: %w", err)
		case saved && info.IsDir():
			return nil, fmt.Errorf("%s is a directory and no saved plan, which --spec goes with", path)
		case err != nil || !info.Mode().IsRegular():
			continue // a directory, or what reading the spec will say
		}
		content, err := readfile.Regular(path, readfile.Plan)
		switch {
		case saved && err != nil:
			return nil, fmt.Errorf("saved plan %s: %w", path, err)
		case errors.Is(err, readfile.ErrTooLarge):
			return nil, fmt.Errorf("%s: %w", path, err)
		case err != nil:
			continue
		}
		if !plan.IsSaved(content) {
			if !mayBeSpec(path, content) {
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
	if saved {
		return nil, errors.New("--spec goes with a saved plan; a spec is named without it")
	}
	return nil, nil
}

// mayBeSpec tells whether it is for those who read specs to say what a file is.
func mayBeSpec(path string, content []byte) bool {
	switch {
	case strings.HasSuffix(path, ".hcl"), strings.HasSuffix(path, ".hcl.json"):
		return true
	case len(bytes.TrimSpace(content)) == 0: // a spec that declares nothing would be applied, and there is nothing to do
		return false
	}
	// No spec in HCL's own syntax begins with a brace.
	return spec.IsJSON(path) || utf8.Valid(content) && !bytes.HasPrefix(bytes.TrimSpace(content), []byte("{"))
}

// refuseSavedPlans fails when one of the paths of a spec is a saved plan, as far as its beginning tells.
func refuseSavedPlans(paths []string) error {
	const most = 1 << 20
	for _, path := range paths {
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
			continue
		}
		file, err := os.Open(path)
		if err != nil {
			continue // reading the spec will say it
		}
		content, err := io.ReadAll(io.LimitReader(file, most))
		file.Close()
		if err == nil && plan.IsSaved(content) {
			return fmt.Errorf("%s is a saved plan and no spec: tarn apply %s carries it out", path, lxd.ShellPath(path))
		}
	}
	return nil
}

// applySaved carries out a saved plan, when what it touches is as it was.
func (a *app) applySaved(ctx context.Context, path string, plan *plan.Plan, flags *applyFlags) error {
	planning, cancel := a.cancellable(ctx)
	defer cancel()
	s, err := a.openSaved(planning, path, plan, flags)
	if err != nil {
		return flags.failed(a, err)
	}
	defer s.close()

	err = s.checkSaved(planning, path, plan, flags)
	var leftOut map[int]string
	if err != nil {
		err = flags.failed(a, err)
	} else {
		leftOut, err = a.showAndAsk(planning, plan, flags)
	}
	cancel()
	if err != nil || plan.Empty() {
		return err
	}
	return a.carryOut(ctx, s, plan, leftOut, flags, func(ctx context.Context) (checkResult, error) { return s.compareWithPlan(ctx, plan, leftOut) })
}

// openSaved finds the server of a saved plan, and loads the spec that its secret values come from. It sends nothing.
func (a *app) openSaved(ctx context.Context, path string, plan *plan.Plan, flags *applyFlags) (*session, error) {
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
		if s.want, err = a.load(ctx, flags.specs, flags.specFlags); err != nil {
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
		// That it is stale is so whether somebody reads it or not: the output keeps the error.
		if flags.json {
			_ = s.app.writeEvent(staleEvent(stale))
		} else {
			_ = s.app.showFindings("Stale, nothing will be done:", stale)
		}
		fmt.Fprintf(s.app.messages(), "tarn: what %s works on has changed since it was made; plan again\n", path)
		return exitCode(exitStale)
	}
	planner.Rejudge(plan, live)
	s.live = live
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
	s.app.secrets.Add(planner.SecretsOn(state, s.want)...)
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
	fmt.Fprintln(a.text(), title)
	for _, finding := range findings {
		if _, err := fmt.Fprintln(a.text().laidOut(), finding.Line(a.columns(a.Stdout))); err != nil {
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
