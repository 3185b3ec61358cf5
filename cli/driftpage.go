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
	"time"

	"github.com/spf13/cobra"

	"tarn/cli/readfile"
	"tarn/cli/replacefile"
	"tarn/planner/drift"
	"tarn/planner/drift/page"
)

// pageOutput is the page that --html asks for.
type pageOutput struct {
	path string // "" for none
}

func (o *pageOutput) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.path, "html", "", "also write a report as one HTML page to this `file`, in place of an older page")
	_ = cmd.MarkFlagFilename("html", "html")
}

// prepare looks whether a page may be written there.
func (o *pageOutput) prepare() error {
	switch o.path {
	case "":
		return nil
	case "-":
		return errors.New("--html - is no file: the standard output has the findings as text, JSON or Markdown")
	}
	return o.check()
}

// check fails where something is that is no page: whoever forgets the file after --html, and names a spec, has the spec left.
func (o *pageOutput) check() error {
	err := readfile.IsRegular(o.path)
	if errors.Is(err, fs.ErrNotExist) {
		if strings.HasSuffix(o.path, ".hcl") || strings.HasSuffix(o.path, ".hcl.json") {
			return fmt.Errorf("--html %s: a file of that name would be read as a part of the spec; drift.html is a good name", o.path)
		}
		return nil
	}
	if err != nil {
		return o.failed(err)
	}
	file, err := os.Open(o.path)
	if err != nil {
		return o.failed(err)
	}
	defer file.Close()
	start, err := io.ReadAll(io.LimitReader(file, 1024))
	if err != nil {
		return o.failed(err)
	}
	if len(start) > 0 && !isPage(start) {
		return fmt.Errorf("--html %s: it is there already and is no HTML page, so it is not overwritten", o.path)
	}
	return nil
}

// isPage tells whether a file that begins like this is an HTML page.
func isPage(start []byte) bool {
	start = bytes.ToLower(bytes.TrimSpace(bytes.TrimPrefix(start, []byte("\ufeff"))))
	return bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
}

func (o *pageOutput) annotate(context.Context, *app, *drift.Run) error { return nil }

func (o *pageOutput) write(a *app, run *drift.Run) error {
	if o.path == "" {
		return nil
	}
	var content bytes.Buffer
	if err := page.Write(&content, run, page.Options{Zone: time.Local}); err != nil {
		return o.failed(err)
	}
	return a.interrupts.whole(func() error {
		if err := o.check(); err != nil { // it may have come there meanwhile
			return err
		}
		return o.failed(replacefile.Output(o.path, content.Bytes()))
	})
}

// failed is why the page cannot be written, without the names that files have while they are written.
func (o *pageOutput) failed(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("--html %s: %w", o.path, causeOf(err))
}
