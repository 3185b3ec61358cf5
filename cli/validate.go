package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"tarn/cli/readfile"
	"tarn/spec"
)

const reportFormats = "text, json, github, sarif, junit or gitlab"

// validateFlags are those of the command validate alone.
type validateFlags struct {
	specFlags
	each      string
	recursive bool
	format    string
	json      bool
}

func (a *app) validateCommand() *cobra.Command {
	var flags validateFlags
	cmd := &cobra.Command{
		Use:   "validate [PATH…]",
		Short: "Check a spec without a server",
		Long: `Check all that can be judged without a server. A PATH is a file or a directory; several make one spec.
Without one the current directory is checked, and "-" is standard input.

A variable needs no value: without one, what depends on it is checked as far as its type allows.

With --each dir there is a spec for each directory that is named or that a named file lies in, and it is
checked whole: for tools that pass changed files, such as pre-commit. With --each file each file is a spec.
With --recursive each directory below those that are named is a spec of its own, but for hidden ones.`,
		Example: `  tarn validate
  tarn validate --strict storage.hcl
  tarn validate --each dir --format github storage.hcl`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			if flags.json {
				if cmd.Flags().Changed("format") && flags.format != "json" {
					return fmt.Errorf("--json is --format json, and goes with no --format %s", flags.format)
				}
				flags.format = "json"
			}
			if formats := []string{"text", "json", "github", "sarif", "junit", "gitlab"}; !slices.Contains(formats, flags.format) {
				return notOneOf("format", flags.format, formats)
			}
			if err := otherCommand(cmd, paths); err != nil {
				return err
			}
			return a.validate(paths, &flags)
		},
	}
	flags.register(cmd)
	cmd.Flags().StringVar(&flags.each, "each", "", "what is a spec of its own: `dir` or file (default: all paths are one spec)")
	cmd.Flags().BoolVar(&flags.recursive, "recursive", false, "each directory below those that are named is a spec of its own")
	cmd.Flags().StringVar(&flags.format, "format", "text", "how to write what is found: "+reportFormats)
	cmd.Flags().BoolVar(&flags.json, "json", false, "the same as --format json")
	return cmd
}

// validate checks the specs of all paths and writes what is wrong with them.
func (a *app) validate(paths []string, flags *validateFlags) error {
	opts := flags.loadOptions(a)
	opts.Portable, opts.ValuesMayLack = true, true
	paths, err := a.readStdin(paths, &opts)
	if err != nil {
		return err
	}
	if err := refuseSavedPlans(paths); err != nil {
		return err
	}
	checked := &validation{app: a, text: flags.format == "text", strict: flags.strict, report: spec.NewValidateReport(), open: map[string]bool{}}
	if flags.recursive {
		var diags hcl.Diagnostics
		paths, diags = findDirs(paths)
		if err := checked.add(&spec.Spec{}, diags); err != nil {
			return err
		}
		if flags.each == "" {
			flags.each = "dir"
		}
	}
	specs, err := splitSpecs(paths, flags.each)
	if err != nil {
		return err
	}
	if flags.recursive && len(paths) == 0 {
		specs = nil
	}
	opts.Shared = len(specs) > 1
	for _, paths := range specs {
		want, diags := spec.Load(paths, opts)
		if err := checked.add(want, diags); err != nil {
			return err
		}
		if spec.GaveUp(diags) {
			return checked.end(flags.format)
		}
	}
	if err := checked.add(&spec.Spec{}, spec.UndeclaredByAll(checked.specs)); err != nil {
		return err
	}
	return checked.end(flags.format)
}

// stdin is what standard input is called in messages about it.
const stdin = "<stdin>"

// readStdin reads standard input where one of the paths is "-".
func (a *app) readStdin(paths []string, opts *spec.Options) ([]string, error) {
	if !slices.Contains(paths, "-") {
		return paths, nil
	}
	src, err := readfile.From(a.Stdin, readfile.Spec)
	if err != nil {
		return nil, fmt.Errorf("read standard input: %w", err)
	}
	opts.Inputs = map[string][]byte{stdin: src}
	paths = slices.Clone(paths)
	for i := range paths {
		if paths[i] == "-" {
			paths[i] = stdin
		}
	}
	return paths, nil
}

// validation is what was found out about some specs.
type validation struct {
	app                   *app
	text                  bool // diagnostics are written as they are found
	strict                bool
	report                *spec.ValidateReport
	specs                 []*spec.Spec
	pools, volumes, files int
	open                  map[string]bool // variables that lack a value
}

// add takes what was found out about one spec.
func (v *validation) add(want *spec.Spec, diags hcl.Diagnostics) error {
	if v.strict {
		diags = strict(diags)
	}
	v.report.Add(want, diags)
	v.specs = append(v.specs, want)
	v.pools, v.files = v.pools+len(want.Pools), v.files+len(want.Files)
	for _, pool := range want.Pools {
		v.volumes += len(pool.Volumes)
	}
	for _, name := range want.Lacking {
		v.open[name] = true
	}
	if !v.text || len(diags) == 0 {
		return nil
	}
	a := v.app
	return want.WriteDiagnostics(a.messages().laidOut(), diags, a.columns(a.Stderr), a.painter(a.Stderr))
}

// end writes the report, or what the specs come to.
func (v *validation) end(format string) error {
	a := v.app
	var err error
	switch format {
	case "json":
		err = v.report.WriteJSON(jsonOut{a.Stdout})
	case "github":
		err = v.report.WriteGitHub(a.Stdout)
	case "sarif":
		err = v.report.WriteSARIF(jsonOut{a.Stdout}, version)
	case "junit":
		err = v.report.WriteJUnit(a.Stdout)
	case "gitlab":
		err = v.report.WriteGitLab(jsonOut{a.Stdout})
	}
	switch {
	case err != nil:
		return err
	case !v.report.Valid:
		return exitCode(exitError)
	case !v.text && format != "github":
		return nil
	}
	valid := "Valid"
	if open := sortedNames(v.open); len(open) > 0 {
		valid = fmt.Sprintf("Valid, as far as can be told without a value for %s", strings.Join(open, ", "))
	}
	fmt.Fprintf(a.text(), "%s: %s and %s in %s.\n", valid, quantity(v.pools, "pool"), quantity(v.volumes, "volume"), quantity(v.files, "file"))
	return nil
}

// strict makes errors of warnings.
func strict(diags hcl.Diagnostics) hcl.Diagnostics {
	diags = slices.Clone(diags)
	for i, d := range diags {
		if d.Severity == hcl.DiagWarning {
			failing := *d
			failing.Severity = hcl.DiagError
			failing.Detail += " (A warning, which --strict makes an error.)"
			diags[i] = &failing
		}
	}
	return diags
}

func quantity(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
