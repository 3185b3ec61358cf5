package drift

import (
	"io"

	"tarn/planner/plan"
)

// WriteMarkdown writes for a merge request what a check has found.
func (c *Check) WriteMarkdown(w io.Writer, opts plan.TextOptions) error {
	return c.Remaining().WriteMarkdown(w, c.options(opts))
}

// WriteMarkdown writes for a merge request what several checks have found.
func (r *Run) WriteMarkdown(w io.Writer, opts plan.TextOptions) error {
	for i := range r.Checks {
		c := &r.Checks[i]
		if c.Plan == nil {
			if err := c.failure(r.Made).WriteMarkdown(w); err != nil {
				return err
			}
		} else if err := c.WriteMarkdown(w, opts); err != nil {
			return err
		}
	}
	return nil
}
