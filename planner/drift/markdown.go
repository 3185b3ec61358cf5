package drift

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"tarn/planner/plan"
)

// WriteMarkdown writes for a merge request what a check has found.
func (c *Check) WriteMarkdown(w io.Writer, opts plan.TextOptions) error {
	return c.Remaining().WriteMarkdown(w, c.options(opts))
}

// mostOverview is how many characters the lines of all checks may take. The rest of what a page takes is for what was found.
const mostOverview = 20_000

// WriteMarkdown writes for a merge request what several checks have found, the worst first: a line for each, and folded below what was found.
// It is not longer than [plan.MostMarkdown] characters; what has no room is counted.
func (r *Run) WriteMarkdown(w io.Writer, opts plan.TextOptions) error {
	checks := make([]*Check, len(r.Checks))
	for i := range r.Checks {
		checks[i] = r.among(&r.Checks[i])
	}
	slices.SortStableFunc(checks, func(x, y *Check) int {
		return cmp.Compare(slices.Index(statuses, x.Status), slices.Index(statuses, y.Status))
	})
	var head strings.Builder
	fmt.Fprintf(&head, "**%s**\n", r.Summary())
	if made := r.Made.String(); made != "" {
		fmt.Fprintf(&head, "\nLooked at %s\n", made)
	}
	for _, line := range r.sameServers() {
		fmt.Fprintf(&head, "\n%s\n", plan.MarkdownText(line))
	}
	fmt.Fprintln(&head)
	room := mostOverview
	for i, c := range checks {
		line := c.markdownLine()
		if room -= utf8.RuneCountInString(line); room < 0 {
			fmt.Fprintf(&head, "- and %d more %s, for which there is no room here\n", len(checks)-i, plan.Plural(len(checks)-i, "check"))
			break
		}
		head.WriteString(line)
	}
	const around = 200 // what is said of checks that are left out
	room = plan.MostMarkdown - utf8.RuneCountInString(head.String()) - around
	leftOut := 0
	for _, c := range checks {
		if !c.worthShowing() {
			continue
		}
		section, err := c.markdownSection(opts, room)
		if err != nil {
			return err
		}
		if n := utf8.RuneCountInString(section); n > room {
			leftOut++
		} else {
			head.WriteString(section)
			room -= n
		}
	}
	if leftOut > 0 {
		fmt.Fprintf(&head, "\n**What was found in %d %s is left out**, as there is no room for it.\n", leftOut, plan.Plural(leftOut, "check"))
	}
	out := bufio.NewWriter(w)
	out.WriteString(head.String())
	return out.Flush()
}

// mostOutcome is how many characters the line of a check may have.
const mostOutcome = 500

// markdownLine is the check as an item of a list.
func (c *Check) markdownLine() string {
	outcome := []rune(c.Outcome())
	if len(outcome) > mostOutcome {
		outcome = append(outcome[:mostOutcome], '…')
	}
	return fmt.Sprintf("- %s: %s on %s: %s\n", c.ended(), plan.CodeSpan(c.Spec), plan.CodeSpan(c.server()), plan.MarkdownText(string(outcome)))
}

// markdownSection is what was found in a check, to be unfolded; in one line for each step where the whole has no room.
func (c *Check) markdownSection(opts plan.TextOptions, room int) (string, error) {
	for _, brief := range []bool{opts.Brief, true} {
		opts.Brief = brief
		var text strings.Builder
		fmt.Fprintf(&text, "\n<details><summary><code>%s</code> on <code>%s</code></summary>\n\n", plan.HTMLText(c.Spec), plan.HTMLText(c.server()))
		if err := c.WriteMarkdown(&text, opts); err != nil {
			return "", err
		}
		text.WriteString("\n</details>\n")
		if brief || utf8.RuneCountInString(text.String()) <= room {
			return text.String(), nil
		}
	}
	return "", nil
}
