package plan

import (
	"fmt"
	"io"
	"strings"
)

// WriteMarkdown writes the plan for a merge request: what it comes to, then the steps as a diff, which such pages colour. Many steps are
// folded, and what would make the page too long is left out and counted; see markdownlimit.go.
func (p *Plan) WriteMarkdown(w io.Writer, opts TextOptions) error {
	out := newLimited(w)
	fmt.Fprintf(out, "**%s**\n\n%s, %s at %s, project %s\n", p.summary(opts), codeSpan(p.Server.Remote), markdownText(p.Server.Version),
		codeSpan(p.Server.Address), codeSpan(p.Server.Project))
	if made := p.Made.String(); made != "" {
		fmt.Fprintf(out, "\nPlanned at %s\n", made)
	}
	var blockers, unmanaged []string
	for _, blocker := range p.Blockers {
		blockers = append(blockers, blocker.String())
	}
	for _, u := range p.Unmanaged {
		unmanaged = append(unmanaged, strings.TrimSuffix(u.Object.String()+", "+u.use(), ", "))
	}
	out.list(p.blocked(opts), blockers, "reasons")
	after := newLimited(io.Discard) // what comes after the steps, to know its length
	rest := func(out *limited) {
		out.list("", append(p.notes(), markdownDiagnostics(p.Diagnostics)...), "notes")
		out.list(unmanagedTitle, unmanaged, "objects")
		out.list(standingTitle, opts.Standing, "findings")
		out.list(acknowledgedTitle, opts.Acknowledged, "acknowledged ones")
		if p.Rehearsal != nil {
			p.Rehearsal.writeMarkdown(out)
		}
	}
	rest(after)
	if len(p.Steps) > 0 {
		const around = 1_000 // fences, and what is said of the steps that are left out
		out.steps(p, opts.Brief, MostMarkdown-around-out.n-after.n)
	}
	rest(out)
	return out.Flush()
}

// writeDiff writes a step as lines of a diff: its sign comes first, where a diff has one.
func (s *Step) writeDiff(out *strings.Builder, brief bool) {
	sign, _ := signOf(s.Action)
	switch sign {
	case "~", ">": // a diff colours this line
		sign = "!"
	}
	fmt.Fprintf(out, "%s %d %s: %s", sign, s.Number, s.head(), s.why())
	if brief {
		if n := s.Removes(); n > 0 {
			fmt.Fprintf(out, ", %s", removal(n))
		}
		if s.Class != Safe {
			fmt.Fprintf(out, ", %s", s.Consequence())
		}
		fmt.Fprintln(out)
		return
	}
	fmt.Fprintln(out)
	for _, row := range s.rows() {
		sign := " "
		if row.removed { // a diff makes such a line red
			sign = "-"
		}
		fmt.Fprintf(out, "%s     %s  %s\n", sign, row.name, row.value())
	}
	if s.Class != Safe {
		fmt.Fprintf(out, "      %s\n", s.Consequence())
	}
}
