package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"tarn/spec"
)

func (a *app) validateCommand() *cobra.Command {
	var flags specFlags
	var each, format string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "validate [PATH…]",
		Short: "Check a spec without a server",
		Long: `Check all that can be judged without a server. A PATH is a file or a directory; several make one spec.
Without one the current directory is checked.

With --each dir there is a spec for each directory that is named or that a named file lies in, and it is
checked whole: for tools that pass changed files, such as pre-commit. With --each file each file is a spec.`,
		RunE: func(_ *cobra.Command, paths []string) error {
			if asJSON {
				format = "json"
			}
			if !slices.Contains([]string{"text", "json", "github"}, format) {
				return fmt.Errorf("--format is text, json or github, not %q", format)
			}
			if err := refuseSavedPlans(paths); err != nil {
				return err
			}
			specs, err := splitSpecs(paths, each)
			if err != nil {
				return err
			}
			report := spec.NewValidateReport()
			var pools, volumes, files int
			for _, paths := range specs {
				want, diags := spec.Load(paths, spec.Options{Vars: flags.vars, VarFiles: flags.varFiles, Env: a.Env, Portable: true})
				report.Add(want, diags)
				pools, files = pools+len(want.Pools), files+len(want.Files)
				for _, pool := range want.Pools {
					volumes += len(pool.Volumes)
				}
				if format == "text" && len(diags) > 0 {
					if err := want.WriteDiagnostics(a.Stderr, diags, width(a.Stderr), a.painter(a.Stderr)); err != nil {
						return err
					}
				}
			}
			switch format {
			case "json":
				err = report.WriteJSON(a.Stdout)
			case "github":
				err = report.WriteGitHub(a.Stdout)
			}
			switch {
			case err != nil:
				return err
			case !report.Valid:
				return exitCode(exitError)
			case format != "json":
				fmt.Fprintf(a.Stdout, "Valid: %s and %s in %s.\n", quantity(pools, "pool"), quantity(volumes, "volume"), quantity(files, "file"))
			}
			return nil
		},
	}
	flags.register(cmd)
	cmd.Flags().StringVar(&each, "each", "", "what is a spec of its own: `dir` or file (default: all paths are one spec)")
	cmd.Flags().StringVar(&format, "format", "text", "how to write what is found: text, json or github")
	cmd.Flags().BoolVar(&asJSON, "json", false, "the same as --format json")
	return cmd
}

// splitSpecs gives the paths of each spec.
func splitSpecs(paths []string, each string) ([][]string, error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	switch each {
	case "":
		return [][]string{paths}, nil
	case "file":
		specs := make([][]string, len(paths))
		for i, path := range paths {
			specs[i] = []string{path}
		}
		return specs, nil
	case "dir":
		return byDirectory(paths), nil
	}
	return nil, fmt.Errorf("--each is dir or file, not %q", each)
}

// byDirectory gives each directory with those of the paths that lie in it. These are named besides, so that one that is
// missing is told.
func byDirectory(paths []string) (specs [][]string) {
	index := map[string]int{}
	for _, path := range paths {
		dir := filepath.Clean(path)
		info, err := os.Stat(path)
		isDir := err == nil && info.IsDir()
		if !isDir {
			dir = filepath.Dir(path)
		}
		i, ok := index[dir]
		if !ok {
			i = len(specs)
			index[dir] = i
			specs = append(specs, []string{dir})
		}
		if !isDir {
			specs[i] = append(specs[i], path)
		}
	}
	return specs
}

func quantity(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
