package drift

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"tarn/cli/lines"
	"tarn/cli/paint"
	"tarn/lxd"
	"tarn/planner/plan"
)

// WriteText writes for people what a check has found.
func (c *Check) WriteText(w io.Writer, opts plan.TextOptions) error {
	return c.Remaining().WriteText(w, c.options(opts))
}

// options have what is listed apart.
func (c *Check) options(opts plan.TextOptions) plan.TextOptions {
	opts.Drift, opts.Ignored = true, c.ignored()
	for _, f := range c.Acknowledged {
		opts.Acknowledged = append(opts.Acknowledged, acknowledgedLine(f))
	}
	for _, f := range c.Findings {
		if age := f.Age.String(); age != "" && f.Step == 0 { // a step says it itself
			opts.Standing = append(opts.Standing, strings.TrimSuffix(f.Line(), ".")+", "+age)
		}
	}
	return opts
}

// ignored tells whether there are findings, and none of a kind that counts.
func (c *Check) ignored() bool { return c.Status == Clean && len(c.Findings) > 0 }

// WriteText writes for people what several checks have found: a line for each, what was found below, and what it comes to.
func (r *Run) WriteText(w io.Writer, opts plan.TextOptions) error {
	out := bufio.NewWriter(w)
	r.writeOverview(out, opts)
	for i := range r.Checks {
		c := r.among(&r.Checks[i])
		if !c.worthShowing() {
			continue
		}
		fmt.Fprintln(out, opts.Prose(opts.Painter.Paint(paint.Strong, c.name()), ""))
		if err := c.WriteText(out, opts); err != nil {
			return err
		}
		fmt.Fprintln(out)
	}
	for _, line := range r.sameServers() {
		fmt.Fprintf(out, "%s\n\n", opts.Prose("Note: "+line, ""))
	}
	fmt.Fprintln(out, opts.Prose(opts.Painter.Paint(paint.Strong, r.Summary()), ""))
	return out.Flush()
}

// worthShowing tells whether there is more to say of a check than a line.
func (c *Check) worthShowing() bool {
	return c.Plan != nil && len(c.Findings)+len(c.Acknowledged)+len(c.Unneeded)+len(c.Plan.Notices)+len(c.Plan.Unmanaged) > 0
}

// name is the check for people: its spec and its server.
func (c *Check) name() string { return plan.Plain(c.Spec) + " on " + c.server() }

// server is the name of the server for people.
func (c *Check) server() string {
	if c.Remote == "" {
		return "(unknown)"
	}
	return lxd.PlainLine(c.Remote)
}

// writeOverview writes a line for each check.
func (r *Run) writeOverview(out *bufio.Writer, opts plan.TextOptions) {
	var statuses, names []string
	wide, widest := 0, 0
	for i := range r.Checks {
		c := &r.Checks[i]
		statuses, names = append(statuses, c.ended()), append(names, opts.Text(c.name()))
		wide, widest = max(wide, lines.Width(statuses[i])), max(widest, min(60, lines.Width(names[i])))
	}
	for i := range r.Checks {
		c := &r.Checks[i]
		head := opts.Painter.Paint(c.Status.role(), statuses[i]) + lines.Fill("", wide-lines.Width(statuses[i])+2) + names[i]
		outcome := opts.Text(c.Outcome())
		begins := wide + 2 + max(widest, lines.Width(names[i])) + 3
		if opts.Width == 0 || begins+lines.Width(outcome) <= opts.Width {
			fmt.Fprintln(out, head+lines.Fill("", begins-wide-2-lines.Width(names[i]))+outcome)
			continue
		}
		indent := lines.Fill("", wide+2)
		fmt.Fprintln(out, lines.Wrap(head, "", indent, opts.Width))
		fmt.Fprintln(out, lines.Wrap(lines.KeepQuoted(outcome), lines.Fill("", wide+4), lines.Fill("", wide+4), opts.Width))
	}
	fmt.Fprintln(out)
}

// role is what a status is for the eye.
func (s Status) role() paint.Role {
	switch s {
	case Invalid, Failed, Unreachable:
		return paint.Error
	case Drifted:
		return paint.Patch
	}
	return paint.Create
}
