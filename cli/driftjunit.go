package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"tarn/cli/readfile"
	"tarn/cli/replacefile"
	"tarn/planner/drift"
)

// driftJUnit is --junit.
type driftJUnit struct{ path string }

func (o *driftJUnit) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.path, "junit", "", "write results of tests to a `FILE`, in JUnit's XML")
}

func (o *driftJUnit) prepare() error { return noStream("junit", o.path) }

func (o *driftJUnit) annotate(context.Context, *app, *drift.Run) error { return nil }

func (o *driftJUnit) write(a *app, run *drift.Run) error {
	if o.path == "" {
		return nil
	}
	var text bytes.Buffer
	err := run.WriteJUnit(&text)
	if err == nil {
		err = a.interrupts.whole(func() error {
			if err := o.check(); err != nil {
				return err
			}
			return replacefile.Output(o.path, []byte(a.secrets.Hide(text.String())))
		})
	}
	if err != nil {
		return fmt.Errorf("--junit %s: %w", o.path, causeOf(err))
	}
	return nil
}

// check fails where something is that holds no results of tests: whoever forgets the file after --junit, and names a spec, has the spec left.
func (o *driftJUnit) check() error {
	err := readfile.IsRegular(o.path)
	if errors.Is(err, fs.ErrNotExist) && isSpecName(o.path) {
		return errors.New("a file of that name would be read as a part of the spec; drift.xml is a good name")
	}
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	file, err := os.Open(o.path)
	if err != nil {
		return err
	}
	defer file.Close()
	start, err := io.ReadAll(io.LimitReader(file, 1024))
	if err != nil {
		return err
	}
	if len(start) > 0 && !bytes.Contains(start, []byte("<testsuite")) {
		return errors.New("it is there already and holds no results of tests, so it is not overwritten")
	}
	return nil
}

// isSpecName tells whether a file of that name in the directory of a spec would be a part of the spec.
func isSpecName(path string) bool {
	return strings.HasSuffix(path, ".hcl") || strings.HasSuffix(path, ".hcl.json")
}

// noStream fails for the name by which other programs mean the standard output: there are the findings themselves.
func noStream(flag, path string) error {
	if path == "-" {
		return fmt.Errorf("--%s - is no file: the standard output has what is found", flag)
	}
	return nil
}
