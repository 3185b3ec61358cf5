package cli

import (
	"context"
	"fmt"
	"os"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tarn/cli/readfile"
	"tarn/planner/adopt"
	"tarn/spec"
)

// secrecy is what import takes for secret: what the flags say, and what the specs have as such that are in the current directory and in
// that of --out.
func (a *app) secrecy(ctx context.Context, flags *importFlags) (adopt.Secrecy, error) {
	s := adopt.Secrecy{Patterns: flags.secret, NotSecret: flags.notSecret}
	for flag, patterns := range map[string][]string{"secret-config": flags.secret, "not-secret": flags.notSecret} {
		for _, pattern := range patterns {
			if _, err := path.Match(pattern, ""); err != nil { // such a one matches nothing
				return s, fmt.Errorf("--%s: %q is no pattern: in one * stands for any text, ? for one character and [a-z] for one of several", flag, pattern)
			}
		}
	}
	dirs := []string{"."}
	if info, err := os.Stat(flags.out.dir); err == nil {
		if here, err := os.Stat("."); err != nil || !os.SameFile(info, here) {
			dirs = append(dirs, flags.out.dir)
		}
	}
	for _, dir := range dirs {
		if err := a.heed(ctx, dir, &s); err != nil {
			return s, err
		}
	}
	return s, nil
}

// heed adds what the spec in a directory has as secret. Of one that has mistakes its files are asked one by one, as each may be a spec of
// its own. Where one of these has some too, what can be a secret in it counts as one.
func (a *app) heed(ctx context.Context, dir string, s *adopt.Secrecy) error {
	files, _ := spec.FindFiles([]string{dir})
	if len(files) == 0 {
		return nil
	}
	failed, err := a.heedSpec(ctx, files, s)
	if err != nil || !failed {
		return err
	}
	for _, file := range files {
		failed, err := a.heedSpec(ctx, []string{file}, s)
		if err != nil {
			return err
		}
		if !failed {
			continue
		}
		text, err := readfile.Regular(file, readfile.Spec)
		if err != nil {
			continue // who plans with it is told
		}
		known, all := spec.PossiblySecret(text, file)
		if s.Known = append(s.Known, known...); !all && !s.Unknown {
			s.Unknown = true
			fmt.Fprintln(a.messages(), a.forPeople(fmt.Sprintf("Warning: %s has mistakes, so that it is not known which values it has as secret. All values of user.* keys are taken for secret; --not-secret PATTERN writes those of some.", file)))
		}
	}
	return nil
}

// heedSpec adds what a spec has as secret, unless it has mistakes.
func (a *app) heedSpec(ctx context.Context, files []string, s *adopt.Secrecy) (failed bool, err error) {
	type result struct {
		want  *spec.Spec
		diags hcl.Diagnostics
	}
	loaded, err := orInterrupted(ctx, func() (l result) {
		l.want, l.diags = spec.Load(files, spec.Options{Env: a.Env, ValuesMayLack: true})
		return l
	})
	switch {
	case err != nil:
		return false, err
	case spec.GaveUp(loaded.diags): // and may go on meanwhile, so that nothing else can be read
		return false, a.report(loaded.want, loaded.diags)
	case loaded.diags.HasErrors():
		return true, nil
	}
	s.Heed(loaded.want)
	return false, nil
}

// tellByName says which config keys count as secret for their names.
func (a *app) tellByName(keys []string) {
	const most = 5
	if len(keys) == 0 {
		return
	}
	list := strings.Join(keys[:min(most, len(keys))], ", ")
	if more := len(keys) - most; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	fmt.Fprintln(a.messages(), a.forPeople(fmt.Sprintf("Secret because of %s: %s. --not-secret PATTERN writes such values into the spec.",
		map[bool]string{true: "its name", false: "their names"}[len(keys) == 1], list)))
}
