package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/spec"
)

// secretsFile is a new file of variables with the values that a spec does not have, which its owner alone may read.
type secretsFile struct {
	path string // "" for none
}

// check looks whether the file can be one, before anything else is done.
func (f secretsFile) check() error {
	switch {
	case f.path == "":
		return nil
	case strings.HasSuffix(f.path, ".hcl") || spec.IsJSON(f.path):
		return fmt.Errorf("--secrets %s: files of that name are parts of a spec; call it secrets.vars for instance", f.path)
	}
	_, err := os.Lstat(f.path)
	switch {
	case err == nil:
		return fmt.Errorf("--secrets %s: it is there already, and nothing was written", f.path)
	case errors.Is(err, fs.ErrNotExist):
		return nil
	}
	return outError(f.path, err)
}

// write writes the values by the names of their variables. A file with half of them does not stay.
func (f secretsFile) write(values map[string]string) (err error) {
	if f.path == "" || len(values) == 0 {
		return nil
	}
	file, err := os.OpenFile(f.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write %s: %w", f.path, causeOf(err))
	}
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(values)) {
		fmt.Fprintf(&text, "%s = %s\n", name, spec.Quote(values[name]))
	}
	_, err = file.WriteString(text.String())
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		_ = os.Remove(f.path)
		return fmt.Errorf("write %s: %w", f.path, causeOf(err))
	}
	return nil
}

// howToGive says how the values of variables are given before a plan.
func (f secretsFile) howToGive(names []string) string {
	n := len(names)
	switch {
	case f.path != "" && n == 1:
		return fmt.Sprintf("1 secret value is in %[1]s: plan with --var-file %[1]s.", lxd.ShellPath(f.path))
	case f.path != "":
		return fmt.Sprintf("%d secret values are in %[2]s: plan with --var-file %[2]s.", n, lxd.ShellPath(f.path))
	case n == 1:
		return fmt.Sprintf("1 secret value is a variable without a value: give it before you plan, as TARN_VAR_%s or in a --var-file. --secrets FILE writes one.", names[0])
	}
	return fmt.Sprintf("%d secret values are variables without values: give each before you plan, for instance as TARN_VAR_%s, or in a --var-file. --secrets FILE writes one.", n, names[0])
}
