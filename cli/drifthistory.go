package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"tarn/planner/drift"
	"tarn/planner/drift/history"
)

// driftHistory is --history.
type driftHistory struct{ path string }

func (o *driftHistory) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.path, "history", "", "append what was found to a `FILE`, and tell from it since when findings stand")
}

func (o *driftHistory) prepare() error { return noStream("history", o.path) }

// annotate adds the run too: what is told of the past and what is added must be of one moment, as others may add theirs.
func (o *driftHistory) annotate(ctx context.Context, a *app, run *drift.Run) error {
	if o.path == "" {
		return nil
	}
	err := a.interrupts.whole(func() error {
		if _, err := os.Stat(o.path); errors.Is(err, fs.ErrNotExist) && isSpecName(o.path) {
			return errors.New("a file of that name would be read as a part of the spec; history.jsonl is a good name")
		}
		return history.At(o.path).Add(ctx, run)
	})
	if err != nil {
		return fmt.Errorf("--history %s: %w", o.path, causeOf(err))
	}
	return nil
}

func (o *driftHistory) write(*app, *drift.Run) error { return nil }
