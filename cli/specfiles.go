package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"tarn/cli/readfile"
	"tarn/cli/replacefile"
)

// specFiles are the files that a command writes into a directory: all of them or none.
type specFiles struct {
	dir       string // "" for none
	overwrite bool
	files     []specFile
	made      bool // the directory
}

// specFile is one of them.
type specFile struct {
	path    string
	content []byte
	before  []byte // what it held
	existed bool
}

func (f *specFiles) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.dir, "out", "", "write a file for each pool into the directory `DIR`, which need not be there")
	cmd.Flags().BoolVar(&f.overwrite, "overwrite", false, "write over files that are in the directory already")
	_ = cmd.MarkFlagDirname("out")
}

// check looks whether the directory can be one, before anything else is done.
func (f *specFiles) check() error {
	info, err := os.Stat(f.dir)
	switch {
	case f.dir == "" && f.overwrite:
		return errors.New("--overwrite goes with --out DIR")
	case f.dir == "":
		return nil
	case err == nil && !info.IsDir():
		return fmt.Errorf("--out %s: it is no directory; without --out the spec goes to standard output", f.dir)
	case errors.Is(err, fs.ErrNotExist):
		return nil
	}
	return outError(f.dir, err)
}

func (f *specFiles) add(name string, content []byte) {
	f.files = append(f.files, specFile{path: filepath.Join(f.dir, name), content: content})
}

// write writes the files. When one cannot be written, the others are as they were before.
func (f *specFiles) write() (err error) {
	if err := f.look(); err != nil {
		return err
	}
	if err := os.Mkdir(f.dir, 0o777); err == nil {
		f.made = true
	} else if !errors.Is(err, fs.ErrExist) {
		return outError(f.dir, err)
	}
	if err = f.writeAll(); err != nil && f.made {
		_ = os.Remove(f.dir)
	}
	return err
}

// writeAll writes the files, which were looked at. When one cannot be written, the others get back what they held before; of one that cannot
// have that either the error says so.
func (f *specFiles) writeAll() error {
	for i := range f.files {
		err := f.files[i].write()
		if err == nil {
			continue
		}
		err = fmt.Errorf("write %s: %w", f.files[i].path, causeOf(err))
		for j := range f.files[:i] {
			if worse := f.files[j].restore(); worse != nil {
				err = fmt.Errorf("%w; and %s, which was written, could not be given back what it held: %w", err, f.files[j].path, causeOf(worse))
			}
		}
		return err
	}
	return nil
}

// look finds the files that are there already.
func (f *specFiles) look() error {
	var there []string
	for i := range f.files {
		file := &f.files[i]
		if _, err := os.Lstat(file.path); errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return outError(file.path, err)
		}
		there = append(there, file.path)
		if !f.overwrite {
			continue
		}
		before, err := readfile.Regular(file.path, readfile.Spec)
		if err != nil {
			return outError(file.path, err)
		}
		file.before, file.existed = before, true
	}
	if len(there) > 0 && !f.overwrite {
		verb := "are"
		if len(there) == 1 {
			verb = "is"
		}
		return fmt.Errorf("%s %s there already, and nothing was written; --overwrite writes over what is there", strings.Join(there, ", "), verb)
	}
	return nil
}

func (f *specFile) write() error {
	if f.existed {
		return replacefile.Existing(f.path, f.before, f.content)
	}
	return replacefile.New(f.path, f.content)
}

// restore makes the file what it was.
func (f *specFile) restore() error {
	if f.existed {
		return replacefile.Existing(f.path, f.content, f.before)
	}
	return os.Remove(f.path)
}
