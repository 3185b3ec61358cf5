package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"tarn/cli/readfile"
	"tarn/cli/replacefile"
	"tarn/planner/plan"
)

// outFile is the file that --out names: after the command it holds the plan that the command has made, or no plan. An older one
// would be applied by mistake when a new one was refused.
type outFile struct {
	path    string // "" for none
	cleared string // what became of an older plan
}

// prepareOut looks before anything else is done whether a plan may be saved there, and clears an older one away.
func (f *planOutput) prepareOut() error {
	path := f.out.path
	switch {
	case path == "" && f.cmd.Flags().Changed("out"):
		return errors.New("--out names a file to save the plan in, and its name is empty")
	case path == "":
		return nil
	case path == "-":
		return errors.New("--out - is no file: tarn plan --json writes the plan to the standard output, and apply takes that for a saved plan")
	}
	older, err := checkOut(path)
	switch {
	case err != nil:
		return err
	case !older:
		return nil
	}
	if info, err := os.Lstat(path); err == nil && info.Mode().Type() == fs.ModeSymlink {
		if err = replacefile.Private(path, nil); err == nil { // a link stays, and has to lead somewhere
			f.out.cleared = "is empty now"
		}
	} else if err = os.Remove(path); err == nil {
		f.out.cleared = "is removed"
	}
	return outError(path, err)
}

// tellCleared says that there is no longer a plan where there was one.
func (f *planOutput) tellCleared(a *app) {
	if f.out.cleared != "" {
		fmt.Fprintf(a.messages(), "tarn: %s %s: it held an older plan, which nobody should apply by mistake\n", f.out.path, f.out.cleared)
	}
}

// checkOut tells whether a plan may be saved in a file, and whether an older one is there. What is no plan is never overwritten.
func checkOut(path string) (older bool, err error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && (strings.HasSuffix(path, ".hcl") || strings.HasSuffix(path, ".hcl.json")):
		return false, fmt.Errorf("--out %s: a file of that name would be read as a part of the spec; plan.json is a good name", path)
	case errors.Is(err, fs.ErrNotExist):
		if to, err := os.Readlink(path); err == nil {
			return false, fmt.Errorf("--out %s: it is a link to %s, which is not there", path, to)
		}
		_, err := os.Stat(filepath.Dir(path))
		return false, outError(path, err)
	case err != nil:
		return false, outError(path, err)
	case info.IsDir():
		return false, fmt.Errorf("--out %s: it is a directory", path)
	case !info.Mode().IsRegular():
		return false, fmt.Errorf("--out %s: it is no regular file", path)
	}
	for _, stream := range []*os.File{os.Stdout, os.Stderr} {
		if at, err := stream.Stat(); err == nil && os.SameFile(at, info) {
			return false, fmt.Errorf("--out %s: the output of this command goes there already", path)
		}
	}
	content, err := readfile.Regular(path, readfile.Plan)
	switch {
	case err != nil:
		return false, outError(path, err)
	case len(content) > 0 && !plan.IsSaved(content):
		return false, fmt.Errorf("--out %s: it is there already and is no saved plan of tarn, so it is not overwritten", path)
	}
	return len(content) > 0, nil
}

// outError says why a plan cannot be saved in a file, without the names that files have while they are written.
func outError(path string, err error) error {
	if err != nil {
		return fmt.Errorf("--out %s: %w", path, causeOf(err))
	}
	return nil
}

// savePlan writes a plan to a file that is there whole or not at all. What is there already and is no plan stays.
func savePlan(p *plan.Plan, path string) error {
	if _, err := checkOut(path); err != nil {
		return err
	}
	var content bytes.Buffer
	if err := p.WriteJSON(jsonOut{&content}); err != nil {
		return err
	}
	return outError(path, replacefile.Private(path, content.Bytes()))
}
