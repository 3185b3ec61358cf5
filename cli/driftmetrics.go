package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"tarn/cli/readfile"
	"tarn/cli/replacefile"
	"tarn/planner/drift"
	"tarn/planner/drift/metrics"
)

// driftMetrics is --metrics.
type driftMetrics struct{ path string }

func (o *driftMetrics) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.path, "metrics", "", "write metrics for Prometheus to a `FILE`, as node_exporter's textfile collector reads them")
}

func (o *driftMetrics) prepare() error { return noStream("metrics", o.path) }

func (o *driftMetrics) annotate(context.Context, *app, *drift.Run) error { return nil }

func (o *driftMetrics) write(a *app, run *drift.Run) error {
	if o.path == "" {
		return nil
	}
	before, err := o.before()
	if err != nil {
		return fmt.Errorf("--metrics %s: %w", o.path, causeOf(err))
	}
	var text bytes.Buffer
	if err := metrics.Write(&text, run, before); err != nil {
		return fmt.Errorf("--metrics %s: %w", o.path, err)
	}
	if err := a.interrupts.whole(func() error { return replacefile.Readable(o.path, text.Bytes()) }); err != nil {
		return fmt.Errorf("--metrics %s: %w", o.path, causeOf(err))
	}
	return nil
}

// before are the successes that the file knows of which is there. What is no file of metrics is never overwritten.
func (o *driftMetrics) before() (metrics.Successes, error) {
	text, err := readfile.Regular(o.path, readfile.Plan)
	switch {
	case errors.Is(err, fs.ErrNotExist) && isSpecName(o.path):
		return nil, errors.New("a file of that name would be read as a part of the spec; tarn.prom is a good name")
	case errors.Is(err, fs.ErrNotExist), err == nil && len(text) == 0:
		return nil, nil
	case err != nil:
		return nil, err
	case !metrics.IsOurs(text):
		return nil, errors.New("it is there already and holds no metrics of tarn, so it is not overwritten")
	}
	before, err := metrics.ReadSuccesses(text)
	if err != nil {
		return nil, nil // somebody has changed it: what it says of the past is lost, and what is now counts more
	}
	return before, nil
}
