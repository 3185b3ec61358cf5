package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"tarn/cli/paint"
	"tarn/cli/readfile"
	"tarn/cli/replacefile"
	"tarn/spec"
)

// fmtFlags say what is done with a file that is not in canonical layout; by default it is written.
type fmtFlags struct {
	check bool // name it, and exit with 2
	diff  bool // show what would change

	recursive bool
}

func (a *app) fmtCommand() *cobra.Command {
	var flags fmtFlags
	cmd := &cobra.Command{
		Use:   "fmt [PATH…]",
		Short: "Bring specs into their canonical layout",
		Long: `Rewrite files in their canonical layout: order of attributes, blank lines, indentation and columns. What they
mean does not change. The names of the files that were changed are printed.

A PATH is a file or a directory; without one it is the current directory. With --recursive the directories below it are
formatted too, but for hidden ones. A single "-" formats standard input to
standard output. JSON files are left alone, and so is a file that does not parse.

Exit code: 0, 1 when a file could not be formatted, 2 when --check finds one to change.`,
		Example: `  tarn fmt
  tarn fmt --check --diff storage.hcl
  tarn fmt - < storage.hcl`,
		RunE: func(_ *cobra.Command, paths []string) error {
			if len(paths) > 1 && slices.Contains(paths, "-") {
				return errors.New("\"-\" is standard input, and is formatted alone, to standard output")
			}
			if len(paths) == 1 && paths[0] == "-" {
				return a.formatInput(flags)
			}
			var err error
			if flags.recursive {
				found, diags := spec.FindDirs(paths)
				if err = a.report(&spec.Spec{}, diags); len(found) == 0 {
					return err
				}
				paths = found
			}
			names, diags := spec.FindFiles(paths)
			err = worse(err, a.report(&spec.Spec{}, diags))
			for _, name := range names {
				if !spec.IsJSON(name) && !a.gaveUp {
					err = worse(err, a.formatFile(name, flags))
				}
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&flags.check, "check", false, "change nothing, name what would change, and exit with 2 if anything would")
	cmd.Flags().BoolVar(&flags.recursive, "recursive", false, "format the directories below those that are named too")
	cmd.Flags().BoolVar(&flags.diff, "diff", false, "change nothing and show what would change")
	return cmd
}

// worse is the outcome of two files. What is no exit code is a fault of the whole run, so it never comes here.
func worse(a, b error) error {
	if a == nil || errors.Is(b, exitCode(exitError)) {
		return b
	}
	return a
}

// formatFile formats one file. It prints what is wrong and gives an exit code.
func (a *app) formatFile(name string, flags fmtFlags) error {
	src, err := readfile.Named(name, readfile.Spec)
	if err != nil {
		return a.printError(fmt.Errorf("%s: %w", name, err))
	}
	text, err := a.format(src, name)
	if err != nil || bytes.Equal(src, text) {
		return err
	}
	if !flags.check && !flags.diff {
		if err := a.interrupts.whole(func() error { return replacefile.Existing(name, src, text) }); err != nil {
			return a.printError(fmt.Errorf("write %s: %w", name, causeOf(err)))
		}
	}
	if flags.diff {
		a.writeDiff(name, src, text)
	} else {
		fmt.Fprintln(a.Stdout, name)
	}
	if flags.check {
		return exitCode(exitChanges)
	}
	return nil
}

// causeOf is an error about a file without the file's name, which may be that of one that was to take its place.
func causeOf(err error) error {
	var at *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &at):
		return at.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// formatInput formats standard input to standard output.
func (a *app) formatInput(flags fmtFlags) error {
	const name = "<stdin>"
	src, err := readfile.From(a.Stdin, readfile.Spec)
	if err != nil {
		return fmt.Errorf("read standard input: %w", err)
	}
	text, err := a.format(src, name)
	if err != nil {
		return err
	}
	switch {
	case flags.diff:
		a.writeDiff(name, src, text)
	case !flags.check:
		if _, err := a.Stdout.Write(text); err != nil {
			return err
		}
	}
	if flags.check && !bytes.Equal(src, text) {
		return exitCode(exitChanges)
	}
	return nil
}

func (a *app) format(src []byte, name string) ([]byte, error) {
	text, diags := spec.FormatWatched(src, name, a.Env)
	if spec.GaveUp(diags) { // without an excerpt, for which the file would be looked through
		a.gaveUp = true
		return nil, a.report(&spec.Spec{}, diags)
	}
	return text, a.report(&spec.Spec{Files: map[string]*hcl.File{name: {Bytes: src}}}, diags)
}

// printError prints what is wrong with one file, and gives the exit code: the other files are still formatted.
func (a *app) printError(err error) error {
	fmt.Fprintf(a.messages(), "tarn: %s\n", a.forPeople(err.Error()))
	return exitCode(exitError)
}

func (a *app) writeDiff(name string, before, after []byte) {
	painter := a.painter(a.Stdout)
	roles := map[byte]paint.Role{'+': paint.DiffAdded, '-': paint.DiffRemoved, '@': paint.DiffHunk}
	for line := range strings.Lines(unified(name+".orig", name, before, after)) {
		if role, ok := roles[line[0]]; ok {
			text, newline := strings.CutSuffix(line, "\n")
			line = painter.Paint(role, text)
			if newline {
				line += "\n"
			}
		}
		fmt.Fprint(a.Stdout, line)
	}
}
